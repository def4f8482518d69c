using Microsoft.ML;

namespace MLNet.Sequence.Tests.Pairs;

[TestClass]
public sealed class EvaluateSequencesTests
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void Keys_are_compared_by_their_values_and_texts_as_they_are()
    {
        ReversedWords[] rows = [ReversedWords.Of("abc"), ReversedWords.Of("ba"), new() { Source = ["A", "B"], Target = ["A", "C"] }];
        // Source as the prediction, in capitals: "ABC" for "CBA", "BA" for "AB", and "AB" for "AC".
        IDataView text = _ml.Data.LoadFromEnumerable(rows.Select(row => new ReversedWords
        {
            Source = [.. row.Source.Select(letter => letter.ToUpperInvariant()), ""],
            Target = row.Target,
        }));
        foreach (IDataView data in new[] { text, ReversedWords.Keys(_ml, text, "Source", "Target") })
        {
            SequenceToSequenceMetrics metrics = _ml.Sequence.EvaluateSequences(data, "Target", "Source", BleuTokens.AsGiven);
            Assert.AreEqual(3, metrics.Count);
            Assert.AreEqual(0, metrics.ExactMatch);
            Assert.AreEqual(2.0 / 7, metrics.TokenAccuracy, 1e-12);
            Assert.AreEqual(600.0 / 7, metrics.Precisions[0], 1e-9);
        }
    }

    [TestMethod]
    public void A_missing_column_one_of_numbers_and_data_without_rows_are_refused()
    {
        IDataView data = ReversedWords.View(_ml, ReversedWords.Make(3));
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ml.Sequence.EvaluateSequences(data)).Message,
            "Could not find predicted sequence column 'PredictedSequence'");
        IDataView numbers = _ml.Data.LoadFromEnumerable([new { Target = new float[] { 1 } }]);
        StringAssert.Contains(Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Sequence.EvaluateSequences(numbers)).Message, "a vector of keys or of text");
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() =>
            _ml.Sequence.EvaluateSequences(_ml.Data.LoadFromEnumerable(Array.Empty<ReversedWords>()), "Target", "Source")).Message, "no rows to evaluate");
    }
}
