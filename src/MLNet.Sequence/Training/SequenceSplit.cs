using MLNet.Sequence.Data;

namespace MLNet.Sequence.Training;

/// <summary>Keeps a random part of the sequences apart for validation.</summary>
internal static class SequenceSplit
{
    /// <summary>
    /// Of each group the same part, rounded, but never all of it: a group of one goes to training. Both parts ascend.
    /// </summary>
    /// <param name="count">The number of sequences.</param>
    /// <param name="group">The group of each: its class, or always 0.</param>
    /// <param name="fraction">The part that is kept apart, in [0, 1).</param>
    /// <param name="seed">What the choice follows from.</param>
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

        ILookup<bool, int> parts = Enumerable.Range(0, count).ToLookup(sequence => apart[sequence]);
        return ([.. parts[false]], [.. parts[true]]);
    }
}
