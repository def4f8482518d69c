using System.Runtime.CompilerServices;
using MLNet.Sequence.Managed;

namespace MLNet.Sequence.Torch;

/// <summary>
/// The gates of a minimal cell, h ← keep · h + take · g(x) with keep + take = 1. A step's values are parts of C channels, one behind the
/// other; x is the last part.
/// </summary>
internal interface IMinimalGates
{
    /// <summary>The number of parts, with x.</summary>
    static abstract int Parts { get; }

    /// <summary>keep and take, each with its full precision where it is small.</summary>
    /// <param name="gates">The values of a step.</param>
    /// <param name="at">The first channel.</param>
    /// <param name="channels">C.</param>
    /// <param name="keep">The factor of the state.</param>
    /// <param name="take">The factor of the candidate.</param>
    static abstract void Read<T>(ref float gates, int at, int channels, out T keep, out T take) where T : struct, ILanes<T>;

    /// <summary>Writes the gradients of all parts but x.</summary>
    /// <param name="gates">The values of a step.</param>
    /// <param name="gradients">Their gradients.</param>
    /// <param name="at">The first channel.</param>
    /// <param name="channels">C.</param>
    /// <param name="odds">The gradient by ln(keep / take).</param>
    static abstract void Back<T>(ref float gates, ref float gradients, int at, int channels, T odds) where T : struct, ILanes<T>;
}

/// <summary>minGRU: one gate z; take = σ(z).</summary>
internal readonly struct MinGruGates : IMinimalGates
{
    public static int Parts => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Read<T>(ref float gates, int at, int channels, out T keep, out T take) where T : struct, ILanes<T>
    {
        T e = LaneFunctions.Exponential(T.Load(ref gates, at));
        keep = T.Of(1) / (T.Of(1) + e);
        take = e * keep;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Back<T>(ref float gates, ref float gradients, int at, int channels, T odds) where T : struct, ILanes<T> =>
        (T.Of(0) - odds).Store(ref gradients, at);
}

/// <summary>minLSTM: two gates f and i; keep = σ(f) / (σ(f) + σ(i)).</summary>
internal readonly struct MinLstmGates : IMinimalGates
{
    public static int Parts => 3;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Read<T>(ref float gates, int at, int channels, out T keep, out T take) where T : struct, ILanes<T>
    {
        // (1 + e^−i) / (2 + e^−f + e^−i) and (1 + e^−f) / (2 + e^−f + e^−i), both times e^m, so that no power is above 1.
        T f = T.Load(ref gates, at), i = T.Load(ref gates, channels + at), m = T.AtMost(T.Of(0), T.AtMost(f, i));
        T one = LaneFunctions.Exponential(m), forgets = one + LaneFunctions.Exponential(m - f), enters = one + LaneFunctions.Exponential(m - i);
        T part = T.Of(1) / (forgets + enters);
        (keep, take) = (enters * part, forgets * part);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Back<T>(ref float gates, ref float gradients, int at, int channels, T odds) where T : struct, ILanes<T>
    {
        // ln(keep / take) = ln σ(f) − ln σ(i)
        T f = T.Load(ref gates, at), i = T.Load(ref gates, channels + at);
        (odds * LaneFunctions.Sigmoid(T.Of(0) - f)).Store(ref gradients, at);
        (T.Of(0) - odds * LaneFunctions.Sigmoid(T.Of(0) - i)).Store(ref gradients, channels + at);
    }
}
