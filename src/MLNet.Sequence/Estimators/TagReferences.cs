using MLNet.Sequence.Stability;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Estimators;

/// <summary>
/// What a tagger has to beat: how often each tag occurs, and of tokens how often it occurs with the last ones (<see cref="TokenGrams"/>). An example
/// is a row, whose loss is the mean over its steps.
/// </summary>
internal static class TagReferences
{
    public static IEnumerable<CountedReference> All(
        (ReferenceRows Training, ReferenceRows Validation, ReferenceRows Test) rows, SequenceTagging task, string usual)
    {
        bool ofTokens = task.Input.Tokens is not null;
        GramRow[] Grams(ReferenceRows of) => [.. of.Values.Zip(of.Labels, (values, labels) => GramRow.Tagged(
            ofTokens ? Array.ConvertAll(values, token => (int)token) : new int[labels.Length], Array.ConvertAll(labels, label => (int)label)))];
        GramRow[] tested = Grams(rows.Test);
        var grams = new TokenGrams(Grams(rows.Training), Grams(rows.Validation), task.Tags);
        // Numbers are not counted.
        return Enumerable.Range(0, ofTokens ? TokenGrams.Longest + 1 : 1).Select(memory => new CountedReference(
            memory == 0 ? usual : memory == 1 ? "tag-of-token" : $"tag-of-last-{memory}-tokens",
            memory,
            grams.Validation[memory],
            [.. tested.Select(row => (ExampleLoss)(grams.Loss(row, memory) / row.Said.Length))]));
    }
}
