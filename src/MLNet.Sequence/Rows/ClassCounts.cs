using MLNet.Sequence.Data;

namespace MLNet.Sequence.Rows;

/// <summary>The classes of the training rows, or the tags of their steps.</summary>
internal sealed class ClassCounts
{
    private readonly string[] _names;
    private readonly long[] _counts;
    private readonly double[] _sums;
    private readonly LabelledRows _rows;

    /// <param name="names">A name for each class.</param>
    /// <param name="rows">The rows. Their labels are classes from 0: one for a row, or one for each step.</param>
    public ClassCounts(string[] names, LabelledRows rows)
    {
        (_names, _rows) = (names, rows);
        (_counts, _sums) = (new long[names.Length], new double[names.Length]);
        foreach (int row in rows.Training)
        {
            foreach (int label in Labels(rows.Set, row))
            {
                _counts[label]++;
                _sums[label] += rows.Set.Weight(row);
            }
        }
    }

    /// <summary>Checks that there are at least two classes, and that validation has no class without training rows.</summary>
    /// <exception cref="InvalidOperationException">All rows are of one class, or a class is in the validation set only.</exception>
    public void Check()
    {
        bool ofSteps = _rows.Set.LabelSize is null;
        if (_counts.Count(count => count > 0) < 2)
        {
            string name = _names[Array.FindIndex(_counts, count => count > 0)];
            throw new InvalidOperationException(ofSteps
                ? $"All {_counts.Sum()} steps of the training rows have the tag '{name}': a tagger needs at least two tags."
                : $"All {_rows.Training.Length} training rows have the label '{name}': a classifier needs at least two classes.");
        }

        if (_rows.Given is not { } given)
            return;
        string[] unseen = [.. Enumerable.Range(0, given.Count).SelectMany(row => Labels(given, row)).Distinct()
            .Where(label => _counts[label] == 0).Order().Select(label => $"'{_names[label]}'")];
        if (unseen.Length > 0)
            throw new InvalidOperationException(
                $"The validation set has {(ofSteps ? "steps of tags" : "rows of classes")} that no training row has: {string.Join(", ", unseen)}.");
    }

    /// <summary>The weight of the rows of each class; null: all equal.</summary>
    /// <exception cref="ArgumentException">A weight is given for a class that does not exist.</exception>
    public float[]? Weigh(ClassWeights weights)
    {
        switch (weights)
        {
            case ClassWeights.Even:
                double share = _sums.Sum() / _sums.Count(sum => sum > 0);
                // A class without training rows may occur in validation, but must not have an infinite weight.
                return [.. _sums.Select(sum => sum == 0 ? 1 : (float)(share / sum))];
            case ClassWeights.Named named:
                string[] unknown = [.. named.Weights.Keys.Where(name => !_names.Contains(name, StringComparer.Ordinal)).Select(name => $"'{name}'")];
                return unknown.Length == 0
                    ? [.. _names.Select(name => named.Weights.TryGetValue(name, out double weight) ? (float)weight : 1)]
                    : throw new ArgumentException($"ClassWeights names classes that the label does not have: {string.Join(", ", unknown)}. It has: "
                        + $"{string.Join(", ", _names.Take(20))}{(_names.Length > 20 ? ", …" : "")}.");
            default:
                return null;
        }
    }

    private static int[] Labels(SequenceSet set, int row) => Array.ConvertAll(set.Labels(row), label => (int)label);
}
