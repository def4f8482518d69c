using System.Globalization;
using MLNet.Sequence.Torch;

namespace MLNet.Sequence.Bench;

/// <summary>Training with all cores, compared with the same networks by hand in TorchSharp: the table of bench/RESULTS.md.</summary>
internal static class TrainingTable
{
    private static readonly (double Aim, TrainingSpeed Row)[] Rows =
    [
        (2.5, Row("lstm-128", new Lstm { HiddenSize = 128 }, inputs => HandMade.Lstm(inputs, 128), 128)),
        (1.8, Row("lstm-64", new Lstm { HiddenSize = 64 }, inputs => HandMade.Lstm(inputs, 64), 96)),
        (2, Row("gru-128", new Gru { HiddenSize = 128 }, inputs => HandMade.Gru(inputs, 128), 128)),
        (2, Row("gru-64", new Gru { HiddenSize = 64 }, inputs => HandMade.Gru(inputs, 64), 96)),
        (2, Row("rnn-128", new Rnn { HiddenSize = 128 }, inputs => HandMade.Rnn(inputs, 128), 128)),
        (2, Row("rnn-64", new Rnn { HiddenSize = 64 }, inputs => HandMade.Rnn(inputs, 64), 96)),
        (1.8, Row("tcn", new Tcn { Channels = 32, Levels = 5, KernelSize = 3, Dropout = 0 }, inputs => HandMade.Tcn(inputs, 32, 5), 96)),
        (1.6, Row("transformer", new Transformer { Channels = 64, Layers = 2, Heads = 4 }, inputs => HandMade.Transformer(inputs, 64, 2, 4), 96)),
        (6, Row("min-gru", new MinGru { HiddenSize = 64 }, inputs => HandMade.Gru(inputs, 64), 512)),
    ];

    /// <summary>Exit code 0 if all rows that are asked for reach their aims; no name: all rows.</summary>
    public static int Run(string[] names)
    {
        TorchRuntime.EnsureLoaded();
        string[] unknown = [.. names.Except(Rows.Select(row => row.Row.Name))];
        if (unknown.Length > 0)
        {
            Console.Error.WriteLine($"There is no row {string.Join(", ", unknown)}; the rows are {string.Join(", ", Rows.Select(row => row.Row.Name))}.");
            return 2;
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} cores"));
        bool all = true;
        foreach ((double aim, TrainingSpeed row) in Rows.Where(row => names.Length == 0 || names.Contains(row.Row.Name)))
            all &= row.Reaches(aim);
        return all ? 0 : 1;
    }

    private static TrainingSpeed Row(string name, Architecture architecture, Func<int, HandMade> hand, int context) =>
        new(name, architecture, hand, context) { Threads = null, Rounds = 5, Rows = 2_500 };
}
