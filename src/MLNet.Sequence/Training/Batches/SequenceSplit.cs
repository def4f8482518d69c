using MLNet.Sequence.Data;

namespace MLNet.Sequence.Training;

/// <summary>Chooses a random part of the sequences for validation.</summary>
internal static class SequenceSplit
{
    /// <summary>
    /// Takes the same fraction of each group, rounded, but never the whole group: a group of one goes to training. Both lists ascend.
    /// </summary>
    /// <param name="count">The number of sequences.</param>
    /// <param name="group">The group of each: its class, or always 0.</param>
    /// <param name="fraction">The fraction for validation, in [0, 1).</param>
    /// <param name="seed">The seed of the choice.</param>
    public static (int[] Training, int[] Validation) Cut(int count, Func<int, int> group, double fraction, long seed)
    {
        var apart = new bool[count];
        foreach (IGrouping<int, int> members in Enumerable.Range(0, count).GroupBy(group))
        {
            int[] all = [.. members];
            var order = new Permutation(all.Length, unchecked(seed + members.Key));
            int taken = Math.Min((int)Math.Round(all.Length * fraction), all.Length - 1);
            for (int i = 0; i < taken; i++)
                apart[all[order[i]]] = true;
        }

        return Parts(apart);
    }

    /// <summary>
    /// Takes whole groups, such as all sequences of one subject. Groups are taken in random order as long as each brings the part closer to
    /// the fraction; if none does, the smallest is taken. A group with all remaining sequences of a class goes to training. Both lists
    /// ascend.
    /// </summary>
    /// <param name="groups">The group of each sequence.</param>
    /// <param name="classOf">The class of each sequence, or always 0.</param>
    /// <param name="fraction">The wanted fraction for validation, in [0, 1).</param>
    /// <param name="seed">The seed of the choice.</param>
    public static (int[] Training, int[] Validation) CutWhole(IReadOnlyList<string> groups, Func<int, int> classOf, double fraction, long seed)
    {
        int[][] all = [.. Enumerable.Range(0, groups.Count).GroupBy(sequence => groups[sequence], StringComparer.Ordinal).Select(members => members.ToArray())];
        Dictionary<int, int> left = Enumerable.Range(0, groups.Count).CountBy(classOf).ToDictionary();
        var order = new Permutation(all.Length, seed);
        var apart = new bool[groups.Count];
        (double wanted, int taken) = (groups.Count * fraction, 0);
        bool CanGo(int[] members) => members.CountBy(classOf).All(one => one.Value < left[one.Key]);
        void Take(int[] members)
        {
            taken += members.Length;
            foreach (int sequence in members)
            {
                apart[sequence] = true;
                left[classOf(sequence)]--;
            }
        }

        int[][] drawn = [.. Enumerable.Range(0, all.Length).Select(i => all[order[i]])];
        foreach (int[] members in drawn)
        {
            if (Math.Abs(taken + members.Length - wanted) < Math.Abs(taken - wanted) && CanGo(members))
                Take(members);
        }

        if (taken == 0 && Math.Round(wanted) >= 1 && drawn.Where(CanGo).MinBy(members => members.Length) is { } smallest)
            Take(smallest);
        return Parts(apart);
    }

    private static (int[] Training, int[] Validation) Parts(bool[] apart)
    {
        ILookup<bool, int> parts = Enumerable.Range(0, apart.Length).ToLookup(sequence => apart[sequence]);
        return ([.. parts[false]], [.. parts[true]]);
    }
}
