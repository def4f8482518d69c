using MLNet.Sequence.Data;
using MLNet.Sequence.Rows;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Comparison;

/// <summary>
/// References for taggers: the tag frequencies; for tokens the frequencies of tags given the last tokens (<see cref="TokenGrams"/>), for numbers
/// logistic regression on the last steps (<see cref="LinearClasses"/>). An example is a row; its loss is the mean over its steps.
/// </summary>
internal static class TagReferences
{
    // With more training steps, every k-th is enough.
    private const int MostSteps = 20_000;

    private static readonly int[] Windows = [1, 2, 4, 8];

    /// <param name="rows">The rows to count, the rows for choosing weights, and the rows of the comparison.</param>
    /// <param name="model">A model of these rows.</param>
    /// <param name="usual">The name of the constant prediction.</param>
    public static IEnumerable<CountedReference> All(
        (ReferenceRows Training, ReferenceRows Validation, ReferenceRows Test) rows, SequenceModel model, string usual)
    {
        (bool ofTokens, int tags, int features) = (model.Task.Tokens is not null, model.Network.OutputSize, model.Task.DataChannels);
        GramRow[] Grams(ReferenceRows of) => [.. of.Values.Zip(of.Labels, (values, labels) => GramRow.Tagged(
            ofTokens ? Array.ConvertAll(values, token => (int)token) : new int[labels.Length], Array.ConvertAll(labels, label => (int)label)))];
        GramRow[] tested = Grams(rows.Test);
        var grams = new TokenGrams(Grams(rows.Training), Grams(rows.Validation), tags);
        for (int memory = 0; memory <= (ofTokens ? TokenGrams.Longest : 0); memory++)
        {
            string name = memory == 0 ? usual : memory == 1 ? "tag-of-token" : $"tag-of-last-{memory}-tokens";
            yield return new CountedReference(
                name, memory, grams.Validation[memory], [.. tested.Select(row => (ExampleLoss)(grams.Loss(row, memory) / row.Outcomes.Length))]);
        }

        foreach (int window in ofTokens ? [] : Windows.Where(window => window <= rows.Training.Labels.Max(labels => labels.Length)))
            yield return Logistic(rows, (tags, features), window);
    }

    private static CountedReference Logistic(
        (ReferenceRows Training, ReferenceRows Validation, ReferenceRows Test) rows, (int Tags, int Features) of, int window)
    {
        (float[] Numbers, int Class)[] training = [.. Steps(rows.Training, of.Features, window)];
        int every = (training.Length + MostSteps - 1) / MostSteps;
        (float[] Numbers, int Class)[] validation = [.. Steps(rows.Validation, of.Features, window)];
        (float[] Numbers, int Class)[] test = [.. Steps(rows.Test, of.Features, window)];
        (double[][] held, double[][] asked) = LinearClasses.Fit(
            [.. training.Where((_, step) => step % every == 0)], validation, [.. test.Select(step => step.Numbers)], of.Tags);
        double[] losses = [.. asked.Zip(test, (probabilities, step) => ClassificationEvaluation.Loss(probabilities[step.Class]))];
        var ofRows = new List<ExampleLoss>();
        int first = 0;
        foreach (double[] labels in rows.Test.Labels)
        {
            ofRows.Add(losses.Skip(first).Take(labels.Length).Average());
            first += labels.Length;
        }

        double mean = held.Zip(validation, (probabilities, step) => ClassificationEvaluation.Loss(probabilities[step.Class])).Average();
        return new CountedReference($"logistic-{window}", window, mean, [.. ofRows]);
    }

    // For each step its tag, and the last steps up to it, with zeros before the first.
    private static IEnumerable<(float[] Numbers, int Class)> Steps(ReferenceRows rows, int channels, int window) =>
        from row in rows.Values.Zip(rows.Labels)
        from step in Enumerable.Range(0, row.Second.Length)
        let seen = Math.Min(window, step + 1)
        let last = row.First[((step + 1 - seen) * channels)..((step + 1) * channels)]
        select ((float[])[.. new float[(window - seen) * channels], .. last], (int)row.Second[step]);
}
