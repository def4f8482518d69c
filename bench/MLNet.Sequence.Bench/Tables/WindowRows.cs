namespace MLNet.Sequence.Bench.Tables;

/// <summary>
/// Truncated recurrent models against convolutions, a perceptron and attention on the same window, each with the width whose number of weights is
/// nearest to a budget: what does the window cost, and which function of it fits?
/// </summary>
internal static class WindowRows
{
    private const int Heads = 4;

    /// <summary>The windows, in steps.</summary>
    public static IReadOnlyList<int> Windows { get; } = [4, 8, 16, 32, 64, 128, 256];

    /// <summary>The rows of a set, such as <c>window-jsb-tcn-16</c>.</summary>
    /// <param name="set">The name of the set.</param>
    /// <param name="inputs">The channels that a backbone receives.</param>
    /// <param name="parameters">The number of weights of a backbone.</param>
    /// <param name="row">Makes the row of a name, an architecture and its window.</param>
    public static IEnumerable<TableRow> Of(string set, int inputs, long parameters, Func<string, Architecture, int, TableRow> row) =>
        from window in Windows
        from kind in Kinds(window)
        select row(FormattableString.Invariant($"window-{set}-{kind.Name}-{window}"), Widest(kind.Make, window, inputs, parameters), window);

    // A TCN of m levels with kernels of 2 sees 2^(m + 1) − 1 steps: one fewer than its window.
    private static (string Name, Func<int, Architecture> Make)[] Kinds(int window) =>
    [
        ("lstm-ngram", width => new LstmNgram { Window = window, HiddenSize = width }),
        ("truncated-stable-rnn", width => new Truncated(new StableRnn { HiddenSize = width }, window)),
        ("tcn", width => new Tcn { Channels = width, Levels = int.Log2(window) - 1, KernelSize = 2 }),
        ("window-mlp", width => new WindowMlp { Window = window, HiddenSize = width }),
        ("attention", width => new Transformer { Channels = Heads * Math.Max(2, width / Heads / 2 * 2), Heads = Heads, Layers = 1, Window = window }),
    ];

    private static Architecture Widest(Func<int, Architecture> make, int window, int inputs, long parameters) => Enumerable.Range(1, 2048).Select(make)
        .MinBy(architecture => Math.Abs(architecture.Build(window).ParameterCount(inputs) - parameters))!;
}
