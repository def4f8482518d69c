using Microsoft.ML;
using MLNet.Sequence;

namespace Examples;

/// <summary>The example of docs/comparison.md, word for word, so that it is compiled.</summary>
internal static class ComparisonExample
{
    public static void Run(IDataView train, IDataView test, string file)
    {
        var ml = new MLContext(seed: 1);
        var task = new SequenceOptions { Training = new TrainingOptions { Epochs = 20, LearningRate = 4e-3 } };
        RecurrenceReport report = ml.Sequence.Compare(
            train, test, task, [new Tcn { Channels = 16 }, new Lstm { HiddenSize = 32 }, new StableLstm { HiddenSize = 32 }],
            new CompareOptions { Rounds = 3, MaxTime = TimeSpan.FromMinutes(10) });
        Console.WriteLine(report);
        Console.WriteLine(report.Recommendation.NeedsRecurrence ? "Recurrence is needed." : "A window is enough.");
        File.WriteAllText(file, report.ToHtml("Which class a sequence is of"));
    }
}
