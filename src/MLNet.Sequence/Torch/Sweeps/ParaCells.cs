using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>
/// h′ = h + z (n − h), n = tanh(x_n + a_n r h), with gates z and r: sigmoids of x + a h. Given are x, [B, T, 3 H], and a, [3 H], in the order z,
/// r, n.
/// </summary>
internal sealed class SweptParaGru : ISweptCell
{
    public int Gates => 3;

    public IReadOnlyList<double?> Bounds { get; } = [1];

    public bool IsDiagonal => true;

    public Tensor[] Next(Tensor[] given, Tensor[] before)
    {
        Tensor[] x = given[0].chunk(3, -1), a = given[1].chunk(3, -1);
        Tensor h = before[0];
        Tensor z = x[0].Addcmul(a[0], h, 1).sigmoid(), r = x[1].Addcmul(a[1], h, 1).sigmoid();
        Tensor n = x[2].Addcmul(a[2], r * h, 1).tanh();
        return [h.Addcmul(z, n - h, 1)];
    }
}

/// <summary>
/// c′ = n + f (c − n), n = tanh(x_n + a_n h), h′ = o tanh(c′), with gates f = σ(x_f + a_f h + p_f c) and o = σ(x_o + a_o h + p_o c′). Given are
/// x, [B, T, 3 H], and a, [3 H], in the order f, o, n, and p, [2 H].
/// </summary>
internal sealed class SweptParaLstm : ISweptCell
{
    public int Gates => 3;

    public IReadOnlyList<double?> Bounds { get; } = [1, 1];

    public bool IsDiagonal => true;

    public Tensor[] Next(Tensor[] given, Tensor[] before)
    {
        Tensor[] x = given[0].chunk(3, -1), a = given[1].chunk(3, -1), p = given[2].chunk(2, -1);
        (Tensor c, Tensor h) = (before[0], before[1]);
        Tensor f = x[0].Addcmul(a[0], h, 1).Addcmul(p[0], c, 1).sigmoid(), n = x[2].Addcmul(a[2], h, 1).tanh();
        Tensor cell = n.Addcmul(f, c - n, 1);
        Tensor o = x[1].Addcmul(a[1], h, 1).Addcmul(p[1], cell, 1).sigmoid();
        return [cell, o * cell.tanh()];
    }
}
