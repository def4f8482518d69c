using Microsoft.ML;
using MLNet.Sequence;

namespace Examples;

/// <summary>The example of pairs in docs/comparison.md, word for word, so that it is compiled.</summary>
internal static class PairComparisonExample
{
    public static void Run(IDataView train, IDataView test)
    {
        var ml = new MLContext(seed: 1);
        RecurrenceReport report = ml.Sequence.Compare(
            train, test, new SequenceToSequenceOptions { Training = new TrainingOptions { Epochs = 20 } },
            [new ConvSeq2Seq(), new EncoderDecoderTransformer(), new AttentionRnn(), new Gnmt()]);
        Console.WriteLine(report);
    }
}
