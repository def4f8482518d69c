using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>
/// h′ = φ(x + R h + b). Given are x, R and b, as for all cells in this file.
/// </summary>
/// <param name="function">φ.</param>
/// <param name="bound">The largest magnitude of φ; null: none.</param>
internal sealed class SweptRnn(Func<Tensor, Tensor> function, double? bound) : ISweptCell
{
    public int Gates => 1;

    public IReadOnlyList<double?> Bounds { get; } = [bound];

    public bool IsDiagonal => false;

    public Tensor[] Next(Tensor[] given, Tensor[] before) => Step(given, RecurrentSums.All(given, before[0]));

    public Tensor[] NextAlone(Tensor[] given, Tensor[] before) => Step(given, RecurrentSums.Alone(given, before[0]));

    private Tensor[] Step(Tensor[] given, Tensor sums) => [function(given[0].Add(sums))];
}

/// <summary>h′ = n + z (h − n), n = tanh(x_n + r u_n), with gates r and z: sigmoids of x + u, where u = R h + b. The order is r, z, n.</summary>
internal sealed class SweptGru : ISweptCell
{
    public int Gates => 3;

    public IReadOnlyList<double?> Bounds { get; } = [1];

    public bool IsDiagonal => false;

    public Tensor[] Next(Tensor[] given, Tensor[] before) => Step(given, before[0], RecurrentSums.All(given, before[0]));

    public Tensor[] NextAlone(Tensor[] given, Tensor[] before) => Step(given, before[0], RecurrentSums.Alone(given, before[0]));

    private static Tensor[] Step(Tensor[] given, Tensor h, Tensor sums)
    {
        Tensor[] x = given[0].chunk(3, -1), u = sums.chunk(3, -1);
        Tensor reset = x[0].Add(u[0]).sigmoid(), keep = x[1].Add(u[1]).sigmoid(), candidate = x[2].Addcmul(reset, u[2], 1).tanh();
        return [candidate.Addcmul(keep, h - candidate, 1)];
    }
}

/// <summary>c′ = f c + i g, h′ = o tanh(c′), with gates i, f, g and o of x + R h + b: sigmoids, and tanh for g. The states are c and h.</summary>
internal sealed class SweptLstm : ISweptCell
{
    public int Gates => 4;

    public IReadOnlyList<double?> Bounds { get; } = [null, 1];

    public bool IsDiagonal => false;

    public Tensor[] Next(Tensor[] given, Tensor[] before) => Step(given, before[0], RecurrentSums.All(given, before[1]));

    public Tensor[] NextAlone(Tensor[] given, Tensor[] before) => Step(given, before[0], RecurrentSums.Alone(given, before[1]));

    private static Tensor[] Step(Tensor[] given, Tensor c, Tensor sums)
    {
        Tensor[] gates = given[0].Add(sums).chunk(4, -1);
        Tensor cell = (gates[1].sigmoid() * c).Addcmul(gates[0].sigmoid(), gates[2].tanh(), 1);
        return [cell, gates[3].sigmoid() * cell.tanh()];
    }
}

/// <summary>R h + b for the states of all steps. Given are the input's part, R, [gates · H, H], and b.</summary>
internal static class RecurrentSums
{
    public static Tensor All(Tensor[] given, Tensor h) => nn.functional.linear(h, given[1], given[2]);

    /// <summary>The same sums, with the derivative of R's diagonals in the place of R: that of each unit by its own state.</summary>
    public static Tensor Alone(Tensor[] given, Tensor h)
    {
        long units = h.shape[2], gates = given[1].shape[0] / units;
        Tensor own = given[1].view(gates, units, units).diagonal(0, 1, 2).flatten().detach();
        return All(given, h).detach().Addcmul(own, (h - h.detach()).repeat(1, 1, gates), 1);
    }
}
