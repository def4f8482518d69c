using System.Globalization;
using System.Text;
using MLNet.Sequence.Samples.Csv;
using MLNet.Sequence.Samples.Studio.Runs;

namespace MLNet.Sequence.Samples.Studio.Projects;

/// <summary>What a model predicts for the rows of history.csv, as the generated program prints it.</summary>
internal static class Predictions
{
    public static byte[] Of(StudioRun run, string model)
    {
        var loaded = SequenceModel.Load(run.Files.Model(model));
        string[][] rows = [.. CsvText.Read(run.Files.History)];
        QuestionKind kind = QuestionKind.Of(run.Info.Question.Kind);
        IEnumerable<IEnumerable<string>> lines = kind == QuestionKind.Classify ? Classes(loaded, rows[1..])
            : kind == QuestionKind.Tag ? Tags(loaded, rows[1..])
            : loaded.Task.RowInput!.Tokens is { } tokens ? NextTokens(loaded, tokens, rows[1..])
            : NextNumbers(loaded, rows);
        return Encoding.UTF8.GetBytes(string.Concat(lines.Select(cells => CsvText.Line(cells) + "\n")));
    }

    private static IEnumerable<string[]> Classes(SequenceModel model, string[][] rows)
    {
        IReadOnlyList<string> names = model.Task.Prediction.Names!.Values;
        yield return ["label", "predicted", "probability"];
        foreach (string[] cells in rows)
        {
            float[] said = model.Predict((ReadOnlySpan<float>)[.. cells[1..].Select(cell => float.Parse(cell, CultureInfo.InvariantCulture))]);
            yield return [cells[0], names[Array.IndexOf(said, said.Max())], Text(said.Max())];
        }
    }

    private static IEnumerable<string[]> Tags(SequenceModel model, string[][] rows)
    {
        IReadOnlyList<string> names = model.Task.Prediction.Names!.Values;
        yield return ["sequence", "step", "tag", "predicted", "probability"];
        foreach (IGrouping<string, string[]> sequence in rows.GroupBy(cells => cells[0]))
        {
            double[][] steps = [.. Predict(model, sequence, 2).Chunk(names.Count)];
            foreach ((int step, string[] cells) in sequence.Index())
                yield return [sequence.Key, FormattableString.Invariant($"{step + 1}"), cells[1], names[Array.IndexOf(steps[step], steps[step].Max())],
                    Text(steps[step].Max())];
        }
    }

    private static IEnumerable<string[]> NextTokens(SequenceModel model, TokenInput tokens, string[][] rows)
    {
        yield return ["sequence", "predicted", "probability"];
        foreach (IGrouping<string, string[]> sequence in rows.GroupBy(cells => cells[0]))
        {
            double[] said = Predict(model, sequence, 1);
            yield return [sequence.Key, tokens.ValueOf(Array.IndexOf(said, said.Max())), Text(said.Max())];
        }
    }

    private static IEnumerable<string[]> NextNumbers(SequenceModel model, string[][] rows)
    {
        yield return ["sequence", .. rows[0][1..]];
        foreach (IGrouping<string, string[]> sequence in rows[1..].GroupBy(cells => cells[0]))
            yield return [sequence.Key, .. Predict(model, sequence, 1).Select(Text)];
    }

    // The cells from one on are the steps.
    private static double[] Predict(SequenceModel model, IEnumerable<string[]> rows, int first)
    {
        TokenInput? tokens = model.Task.RowInput!.Tokens;
        return model.Predict((ReadOnlySpan<double>)[.. rows.SelectMany(cells => cells[first..])
            .Select(cell => tokens?.IndexOf(cell) ?? double.Parse(cell, CultureInfo.InvariantCulture))]);
    }

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
