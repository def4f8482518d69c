namespace MLNet.Sequence.Samples.Studio.Answers;

/// <summary>How well one model tells classes or tags apart, on the test rows.</summary>
internal sealed record ModelClasses(string Model, double Accuracy, double MacroF1)
{
    // A larger table cannot be read.
    private const int MostNamed = 12;

    /// <summary>What is counted: "row", or "step" of a sequence.</summary>
    public string Unit { get; init; } = "row";

    public required long Count { get; init; }

    /// <summary>The classes that occur, as labels or as predictions.</summary>
    public required IReadOnlyList<ClassRow> Classes { get; init; }

    /// <summary>The names of rows and columns of <see cref="Confusion"/>: the most frequent classes, and all others together.</summary>
    public required IReadOnlyList<string> Named { get; init; }

    /// <summary>Whether the last of <see cref="Named"/> stands for all other classes: it is none itself.</summary>
    public required bool Lumped { get; init; }

    /// <summary>[actual][predicted].</summary>
    public required IReadOnlyList<IReadOnlyList<long>> Confusion { get; init; }

    /// <summary>The loss of accuracy if a feature is taken from other rows; empty: there is one feature.</summary>
    public IReadOnlyList<ImportanceRow> Importance { get; init; } = [];

    /// <summary>F1 of the spans that tags such as B-city and I-city mark; NaN: they mark none.</summary>
    public double SpanF1 { get; init; } = double.NaN;

    /// <summary>Sequences with their tags.</summary>
    public IReadOnlyList<TaggedExample> Examples { get; init; } = [];

    public static ModelClasses Of(string name, SequenceClassificationMetrics metrics, IReadOnlyList<FeatureImportance> importances) =>
        Of(name, metrics) with { Importance = [.. importances.Select(one => new ImportanceRow(one.Feature, -one.Change))] };

    public static ModelClasses OfTags(string name, ScoredTags tags, SequenceTagMetrics spans) =>
        Of(name, new SequenceClassificationMetrics(tags.Names, tags.Steps)) with
        {
            Unit = "step",
            SpanF1 = tags.Names.Any(tag => tag.StartsWith("B-", StringComparison.Ordinal)) ? spans.F1 : double.NaN,
            Examples = [.. tags.Examples],
        };

    private static ModelClasses Of(string name, SequenceClassificationMetrics metrics)
    {
        ClassRow[] all = [.. metrics.PerClass.Select(one => new ClassRow(one.Name, one.Count, one.Precision, one.Recall, one.F1))];
        bool[] occurs = [.. all.Select((one, i) => one.Count > 0 || metrics.ConfusionMatrix.Any(row => row[i] > 0))];
        int[] found = [.. Enumerable.Range(0, all.Length).Where(i => occurs[i])];
        int[] named = found.Length <= MostNamed ? found : [.. found.OrderByDescending(i => all[i].Count).Take(MostNamed - 1).Order()];
        int[] place = [.. Enumerable.Range(0, all.Length).Select(i => Array.IndexOf(named, i) is var at and >= 0 ? at : named.Length)];
        bool lumped = named.Length < found.Length;
        int size = named.Length + (lumped ? 1 : 0);
        long[][] confusion = [.. Enumerable.Range(0, size).Select(_ => new long[size])];
        foreach (int actual in found)
        {
            foreach (int predicted in found)
                confusion[place[actual]][place[predicted]] += metrics.ConfusionMatrix[actual][predicted];
        }

        return new ModelClasses(name, metrics.Accuracy, metrics.MacroF1)
        {
            Count = metrics.Count,
            Classes = [.. found.Select(i => all[i])],
            Named = [.. named.Select(i => all[i].Name), .. lumped ? ["all others"] : Array.Empty<string>()],
            Lumped = lumped,
            Confusion = confusion,
        };
    }
}

/// <summary>A sequence of the test.</summary>
internal sealed record TaggedExample(string Name, IReadOnlyList<TaggedStep> Steps)
{
    public int StepsLeftOut { get; init; }
}

/// <summary>A step.</summary>
/// <param name="Text">Its token; null: it holds numbers.</param>
internal sealed record TaggedStep(string? Text, string Actual, string Predicted);

internal sealed record ClassRow(string Name, long Count, double Precision, double Recall, double F1);

internal sealed record ImportanceRow(string Feature, double Loss);
