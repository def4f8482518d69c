namespace MLNet.Sequence.Samples.Studio.Answers;

/// <summary>How well one model tells classes apart, on the test rows.</summary>
internal sealed record ModelClasses(string Model, double Accuracy, double MacroF1)
{
    public required long Count { get; init; }

    public required IReadOnlyList<ClassRow> Classes { get; init; }

    /// <summary>[actual][predicted].</summary>
    public required IReadOnlyList<IReadOnlyList<long>> Confusion { get; init; }

    /// <summary>The loss of accuracy if a feature is taken from other rows; empty: there is one feature.</summary>
    public required IReadOnlyList<ImportanceRow> Importance { get; init; }

    public static ModelClasses Of(string name, SequenceClassificationMetrics metrics, IReadOnlyList<FeatureImportance> importances) =>
        new(name, metrics.Accuracy, metrics.MacroF1)
        {
            Count = metrics.Count,
            Classes = [.. metrics.PerClass.Select(one => new ClassRow(one.Name, one.Count, one.Precision, one.Recall, one.F1))],
            Confusion = metrics.ConfusionMatrix,
            Importance = [.. importances.Select(one => new ImportanceRow(one.Feature, -one.Change))],
        };
}

internal sealed record ClassRow(string Name, long Count, double Precision, double Recall, double F1);

internal sealed record ImportanceRow(string Feature, double Loss);
