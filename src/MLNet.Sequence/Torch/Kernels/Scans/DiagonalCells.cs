using System.Runtime.CompilerServices;
using MLNet.Sequence.Managed;

namespace MLNet.Sequence.Torch;

/// <summary>h′ = h + z (n − h), n = tanh(x_n + a_n r h), with gates z and r: sigmoids of x + a h. Factors: a of z, r and n.</summary>
internal readonly struct ParaGruKernel : IDiagonalCell
{
    public static int States => 1;

    public static int Factors => 3;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<T>(in DiagonalStep step, ref float after, int at) where T : struct, ILanes<T>
    {
        T h = step.Before<T>(0, at);
        Read(step, at, h, out T z, out _, out T n);
        step.Store(ref after, 0, at, T.MultiplyAdd(z, n - h, h));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Backward<T>(in DiagonalStep step, in DiagonalGradients gradients, int at) where T : struct, ILanes<T>
    {
        T one = T.Of(1), h = step.Before<T>(0, at);
        Read(step, at, h, out T z, out T r, out T n);
        T after = gradients.Given<T>(at) + gradients.Later<T>(0, at);
        T ofN = after * z * (one - n * n), ofReset = ofN * step.Factor<T>(2, at);
        T ofZ = after * (n - h) * (z * (one - z)), ofR = ofReset * h * (r * (one - r));
        gradients.SetTerm(0, at, ofZ);
        gradients.SetTerm(1, at, ofR);
        gradients.SetTerm(2, at, ofN);
        gradients.AddFactor(0, at, ofZ, h);
        gradients.AddFactor(1, at, ofR, h);
        gradients.AddFactor(2, at, ofN, r * h);
        T throughGates = T.MultiplyAdd(ofZ, step.Factor<T>(0, at), T.MultiplyAdd(ofR, step.Factor<T>(1, at), ofReset * r));
        gradients.SetBefore(0, at, T.MultiplyAdd(after, one - z, throughGates));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Read<T>(in DiagonalStep step, int at, T h, out T z, out T r, out T n) where T : struct, ILanes<T>
    {
        z = LaneFunctions.Sigmoid(T.MultiplyAdd(step.Factor<T>(0, at), h, step.Term<T>(0, at)));
        r = LaneFunctions.Sigmoid(T.MultiplyAdd(step.Factor<T>(1, at), h, step.Term<T>(1, at)));
        n = LaneFunctions.Tanh(T.MultiplyAdd(step.Factor<T>(2, at), r * h, step.Term<T>(2, at)));
    }
}

/// <summary>
/// c′ = n + f (c − n), n = tanh(x_n + a_n h), h′ = o tanh(c′), with gates f = σ(x_f + a_f h + p_f c) and o = σ(x_o + a_o h + p_o c′). Factors: a
/// of f, o and n, and p of f and o.
/// </summary>
internal readonly struct ParaLstmKernel : IDiagonalCell
{
    public static int States => 2;

    public static int Factors => 5;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<T>(in DiagonalStep step, ref float after, int at) where T : struct, ILanes<T>
    {
        T c = step.Before<T>(0, at), h = step.Before<T>(1, at);
        Read(step, at, c, h, out T f, out T n);
        T cell = T.MultiplyAdd(f, c - n, n);
        step.Store(ref after, 0, at, cell);
        step.Store(ref after, 1, at, Open(step, at, h, cell) * LaneFunctions.Tanh(cell));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Backward<T>(in DiagonalStep step, in DiagonalGradients gradients, int at) where T : struct, ILanes<T>
    {
        T one = T.Of(1), c = step.Before<T>(0, at), h = step.Before<T>(1, at);
        Read(step, at, c, h, out T f, out T n);
        T cell = T.MultiplyAdd(f, c - n, n), o = Open(step, at, h, cell), tanh = LaneFunctions.Tanh(cell);
        T afterH = gradients.Given<T>(at) + gradients.Later<T>(1, at), ofO = afterH * tanh * (o * (one - o));
        T afterC = T.MultiplyAdd(ofO, step.Factor<T>(4, at), T.MultiplyAdd(afterH * o, one - tanh * tanh, gradients.Later<T>(0, at)));
        T ofF = afterC * (c - n) * (f * (one - f)), ofN = afterC * (one - f) * (one - n * n);
        gradients.SetTerm(0, at, ofF);
        gradients.SetTerm(1, at, ofO);
        gradients.SetTerm(2, at, ofN);
        gradients.AddFactor(0, at, ofF, h);
        gradients.AddFactor(1, at, ofO, h);
        gradients.AddFactor(2, at, ofN, h);
        gradients.AddFactor(3, at, ofF, c);
        gradients.AddFactor(4, at, ofO, cell);
        gradients.SetBefore(0, at, T.MultiplyAdd(afterC, f, ofF * step.Factor<T>(3, at)));
        gradients.SetBefore(1, at, T.MultiplyAdd(
            ofF, step.Factor<T>(0, at), T.MultiplyAdd(ofO, step.Factor<T>(1, at), ofN * step.Factor<T>(2, at))));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Read<T>(in DiagonalStep step, int at, T c, T h, out T f, out T n) where T : struct, ILanes<T>
    {
        f = LaneFunctions.Sigmoid(T.MultiplyAdd(step.Factor<T>(3, at), c, T.MultiplyAdd(step.Factor<T>(0, at), h, step.Term<T>(0, at))));
        n = LaneFunctions.Tanh(T.MultiplyAdd(step.Factor<T>(2, at), h, step.Term<T>(2, at)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Open<T>(in DiagonalStep step, int at, T h, T cell) where T : struct, ILanes<T> =>
        LaneFunctions.Sigmoid(T.MultiplyAdd(step.Factor<T>(4, at), cell, T.MultiplyAdd(step.Factor<T>(1, at), h, step.Term<T>(1, at))));
}
