using MLNet.Sequence.Layers;
using MLNet.Sequence.Model;

namespace MLNet.Sequence.Fitting;

/// <summary>Initial weights for training from another model of the same kind.</summary>
internal static class WarmStart
{
    private const int LongestText = 80;

    // Columns that are read. The other names of a task are only names of its outputs.
    private static readonly HashSet<string> Columns =
        ["task.targets", "task.inputs", "task.seriesColumn", "task.timeColumn", "task.input.columns", "task.input.scalars",
        "task.source.columns", "task.target.columns"];

    // They depend on the rows, or do not affect the meaning of a weight.
    private static readonly HashSet<string> Free = ["task.longestSequence", "task.longestSource", "task.longestTarget", "task.labelScaling.mean",
        "task.labelScaling.deviation", "task.targetScaling.mean", "task.targetScaling.deviation", "task.targetSteps", "task.input.emptySequences",
        "task.source.emptySequences", "task.target.emptySequences"];

    private const string SearchPrefix = "task.search.";

    /// <exception cref="ArgumentException">The model differs in other ways than allowed; the message names all of them.</exception>
    public static Weights Weights(SequenceModel model, ModelFitting fitting)
    {
        // The bounds of intervals are not trained.
        model = IntervalHead.Remove(model);
        Dictionary<string, string> given = ModelDescription.Of(model.Architecture, model.Task);
        Dictionary<string, string> wanted = ModelDescription.Of(fitting.Architecture, fitting.Task);
        (ModelDifferences Kind, string Text)[] differences = [.. given.Keys.Union(wanted.Keys)
            .Select(name => (Name: name, Kind: KindOf(name), Given: given.GetValueOrDefault(name, "none"), Wanted: wanted.GetValueOrDefault(name, "none")))
            .Where(both => both.Given != both.Wanted && both.Kind != ModelDifferences.None && !fitting.Options.WarmStartDifferences.HasFlag(both.Kind))
            .Select(both => (both.Kind, $"{both.Name} is {Shortened(both.Given)} in the model and {Shortened(both.Wanted)} here"))];
        if (differences.Length > 0)
        {
            ModelDifferences kinds = differences.Aggregate(fitting.Options.WarmStartDifferences, (all, one) => all | one.Kind);
            string option = string.Join(" | ", kinds.ToString().Split(", ").Select(kind => $"{nameof(ModelDifferences)}.{kind}"));
            throw new ArgumentException(
                $"Training.WarmStart is a model of something else: {string.Join("; ", differences.Select(one => one.Text))}. "
                + $"Its weights would have another meaning here. If this is intended, set "
                + $"Training.{nameof(TrainingOptions.WarmStartDifferences)} = {option}.");
        }

        try
        {
            model.Weights.MustFit(fitting.Network.AllWeights());
            return model.Weights;
        }
        catch (FormatException mismatch)
        {
            throw new ArgumentException($"Training.WarmStart is a model of another form ({model.Architecture}): {mismatch.Message}", mismatch);
        }
    }

    private static ModelDifferences KindOf(string name)
    {
        if (name.StartsWith(ModelDescription.ArchitecturePrefix, StringComparison.Ordinal))
            return ModelDifferences.Architecture;
        if (Columns.Contains(name))
            return ModelDifferences.Columns;
        return Free.Contains(name) || name.StartsWith(SearchPrefix, StringComparison.Ordinal) || name.EndsWith("Column", StringComparison.Ordinal)
            ? ModelDifferences.None
            : ModelDifferences.Task;
    }

    private static string Shortened(string text) => text.Length <= LongestText ? text : text[..LongestText] + "…";
}
