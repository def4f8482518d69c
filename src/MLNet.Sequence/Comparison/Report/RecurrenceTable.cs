using MLNet.Sequence.Reports;

namespace MLNet.Sequence.Comparison;

/// <summary>The table of a comparison, and its page.</summary>
internal static class RecurrenceTable
{
    public static ReportContent Of(RecurrenceReport report)
    {
        ComparedModel[] models = [.. report.Models];
        ComparedReference[] references = [.. report.References.Where(reference => models.All(model => model.Name != reference.Name))];
        // What only a model has, and what a reference has too.
        NumberColumn Own(string name, Func<ComparedModel, double> value, string format) =>
            new(name, [.. models.Select(value), .. references.Select(_ => double.NaN)], format);
        NumberColumn Shared(string name, Func<ComparedModel, double> model, Func<ComparedReference, double> reference) =>
            new(name, [.. models.Select(model), .. references.Select(reference)], "F4");

        return new(RecurrenceReport.Question)
        {
            Main = title => new RecurrencePage(report, title).Write(),
            Tables =
            [
                new("Models and references",
                    new TextColumn("model", [.. models.Select(model => model.Name), .. references.Select(reference => reference.Name)]),
                    new TextColumn("kind", [.. models.Select(RecurrenceReport.Kind), .. references.Select(_ => "solved")]),
                    Shared(report.Metric, model => model.Error, reference => reference.Error),
                    Shared("low", model => model.ErrorLow, reference => reference.ErrorLow),
                    Shared("high", model => model.ErrorHigh, reference => reference.ErrorHigh),
                    Own("parameters", model => model.Model.ParameterCount, "N0"),
                    Own("training seconds", model => model.TrainingSeconds, "F1"),
                    Own("step µs", model => model.StepMicroseconds, "F1"),
                    Own("lambda", model => model.Certificate.OfNetwork.Lambda ?? double.NaN, "F3"),
                    Own("steps for 1 %", model => model.Memory?.Steps ?? double.NaN, "F0")),
            ],
        };
    }
}
