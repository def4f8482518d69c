using System.Text.RegularExpressions;
using Microsoft.ML;
using MLNet.Sequence.Tests.Fitting;

namespace MLNet.Sequence.Tests.Rows;

[TestClass]
public sealed class BadTaggerTests
{
    private static readonly SequenceTaggerOptions Options = new() { LabelColumnName = "Tags", Training = new TrainingOptions { Epochs = 1 } };

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void Tags_and_steps_of_different_numbers_are_refused_with_their_row()
    {
        TaggedSequence[] rows = TaggedSequence.Make(9);
        rows[4].Tags = rows[4].Tags[1..];
        int steps = rows[4].Features.Length;

        StringAssert.Contains(FitError(rows), $"The label 'Tags' has {steps - 1} tags in row 5, whose sequence has {steps} steps: every step needs a tag.");
    }

    [TestMethod]
    public void A_missing_tag_is_refused_with_its_row()
    {
        TaggedSequence[] rows = TaggedSequence.Make(9);
        rows[2].Tags[1] = "never seen";

        StringAssert.Contains(FitError(rows), "The label 'Tags' is missing or infinite in row 3.");
    }

    [TestMethod]
    public void One_tag_everywhere_is_refused()
    {
        TaggedSequence[] rows = TaggedSequence.Make(9);
        foreach (TaggedSequence row in rows)
            Array.Fill(row.Tags, "O");

        StringAssert.Contains(FitError(rows), "steps of the training rows have the tag 'O': a tagger needs at least two tags.");
    }

    [TestMethod]
    public void A_tag_in_the_validation_set_only_is_refused()
    {
        TaggedSequence[] rows = TaggedSequence.Make(30);
        foreach (TaggedSequence row in rows)
            row.Tags = [.. row.Tags.Select(tag => tag.EndsWith("down", StringComparison.Ordinal) ? "O" : tag)];
        SequenceTaggerOptions options = Options with { ValidationSet = TaggedSequence.View(_ml, TaggedSequence.Make(30)) };

        string message = Assert.ThrowsExactly<InvalidOperationException>(() => Tagger(options).Fit(TaggedSequence.View(_ml, rows))).Message;

        StringAssert.Matches(message, new Regex("The validation set has steps of tags that no training row has: '[BI]-down', '[BI]-down'\\."));
    }

    [TestMethod]
    public void Labels_of_the_wrong_form_are_refused_by_promise_and_fit()
    {
        IDataView data = TaggedSequence.View(_ml, TaggedSequence.Make(5));

        EstimatorContract.Refuses(Tagger(Options with { LabelColumnName = "Tag" }), data, "Could not find label column 'Tag'", "'Tags'");
        EstimatorContract.Refuses(Tagger(Options with { LabelColumnName = "Features" }), data, "Schema mismatch for label column 'Features'",
            "a vector, as long as the sequence, of keys");
    }

    [TestMethod]
    public void All_wrong_options_are_in_one_message()
    {
        string message = Assert.ThrowsExactly<ArgumentException>(() => Tagger(Options with
        {
            LabelColumnName = "",
            Features = 0,
            ScoresColumnName = "PredictedLabels",
        })).Message;

        foreach (string part in new[] { "LabelColumnName must name a column", "Features must be at least 1; found 0", "'PredictedLabels'" })
            StringAssert.Contains(message, part);
    }

    [TestMethod]
    public void Tags_that_cannot_be_evaluated_are_refused()
    {
        IDataView data = TaggedSequence.View(_ml, TaggedSequence.Make(5));
        StringAssert.Contains(Assert.Throws<ArgumentOutOfRangeException>(() => _ml.MulticlassClassification.EvaluateSequenceTags(data, "Tags")).Message,
            "predicted labels column 'PredictedLabels'");
        StringAssert.Contains(Assert.Throws<ArgumentOutOfRangeException>(
            () => _ml.MulticlassClassification.EvaluateSequenceTags(data, "Features", "Tags")).Message, "expected a vector of keys");
        TaggedSequence[] rows = TaggedSequence.Make(5);
        rows[1].Words = rows[1].Words[1..];
        StringAssert.Contains(
            Assert.ThrowsExactly<InvalidOperationException>(
                () => _ml.MulticlassClassification.EvaluateSequenceTags(TaggedSequence.View(_ml, rows), "Tags", "Words")).Message, "in row 2");
    }

    private string FitError(TaggedSequence[] rows) =>
        Assert.ThrowsExactly<InvalidOperationException>(() => Tagger(Options).Fit(TaggedSequence.View(_ml, rows))).Message;

    private SequenceTrainer Tagger(SequenceTaggerOptions options) =>
        _ml.MulticlassClassification.Trainers.SequenceTagger(new Gru { HiddenSize = 2 }, options);
}
