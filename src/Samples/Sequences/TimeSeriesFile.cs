using MLNet.Sequence.Samples.Csv;

namespace MLNet.Sequence.Samples.Sequences;

/// <summary>
/// Reads the .ts format of aeon and sktime: lines that begin with @ describe the data. After @data, each line is a sequence: its dimensions
/// are separated by ':', their values by ',', and the class is last.
/// </summary>
internal static class TimeSeriesFile
{
    public static LabelledRows Read(string path, StreamReader reader)
    {
        int features = 0;
        bool inData = false, classes = true;
        var rows = new List<LabelledRow>();
        foreach ((int number, string line) in TextFile.Lines(reader))
        {
            string place = FormattableString.Invariant($"'{path}', line {number}");
            if (line.StartsWith('#'))
                continue;
            if (inData)
            {
                string[] parts = line.Split(':');
                features = features == 0 ? parts.Length - 1 : features;
                rows.Add(Sequence(parts, place, features));
                continue;
            }

            string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            inData = Is(words, "@data");
            classes &= !(Is(words, "@classLabel") || Is(words, "@targetLabel")) || words is [_, "true", ..] && Is(words, "@classLabel");
            if (Is(words, "@timeStamps") && words is [_, "true", ..])
                throw new UserError($"{place}: sequences with time stamps are not supported; write only their values.");
        }

        if (!inData)
            throw new UserError($"'{path}' has no line @data: it is not a .ts file.");
        return classes ? new LabelledRows(path, features, rows) : throw new UserError($"'{path}' has no classes (@classLabel true …).");
    }

    private static bool Is(string[] words, string name) => words.Length > 0 && words[0].Equals(name, StringComparison.OrdinalIgnoreCase);

    private static LabelledRow Sequence(string[] parts, string place, int features)
    {
        if (parts.Length < 2)
            throw new UserError($"{place}: expected dimensions and a class, separated by ':'.");
        if (parts.Length - 1 != features)
            throw new UserError(FormattableString.Invariant($"{place} has {parts.Length - 1} dimensions; the lines before have {features}."));
        float[][] dimensions = [.. parts[..^1].Select(part => part.Split(',').Select(cell => LabelledFile.Number(cell.Trim(), () => place)).ToArray())];
        int steps = dimensions[0].Length;
        if (dimensions.Any(dimension => dimension.Length != steps))
            throw new UserError($"{place}: the dimensions of a sequence must have the same number of steps.");
        return new LabelledRow
        {
            Label = parts[^1].Trim(),
            // [F][T] → [T, F]
            Features = LabelledFile.WithoutPadding(
                [.. Enumerable.Range(0, steps * features).Select(i => dimensions[i % features][i / features])], features, () => place),
        };
    }
}
