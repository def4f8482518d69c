using System.Runtime.CompilerServices;
using MLNet.Sequence.Managed;

namespace MLNet.Sequence.Torch;

/// <summary>
/// One step of a recurrent cell whose units read only their own states: terms x of three gates, factors of the states in the gates, and one or
/// two states, of which h is the last. Each of them is a part of C channels, one behind the other.
/// </summary>
internal interface IDiagonalCell
{
    /// <summary>The number of states.</summary>
    static abstract int States { get; }

    /// <summary>The number of factors.</summary>
    static abstract int Factors { get; }

    /// <summary>Writes the states after a step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="after">The states after it.</param>
    /// <param name="at">The first channel.</param>
    static abstract void Forward<T>(in DiagonalStep step, ref float after, int at) where T : struct, ILanes<T>;

    /// <summary>
    /// From the gradients of the states after the step to those of its terms and of the states before it; those of the factors are added to.
    /// </summary>
    /// <param name="step">The step.</param>
    /// <param name="gradients">The gradients.</param>
    /// <param name="at">The first channel.</param>
    static abstract void Backward<T>(in DiagonalStep step, in DiagonalGradients gradients, int at) where T : struct, ILanes<T>;
}

/// <summary>The values that a step reads: references to the first channel of the first part.</summary>
internal readonly ref struct DiagonalStep(ref float terms, ref float factors, ref float before, int channels)
{
    private readonly ref float _terms = ref terms, _factors = ref factors, _before = ref before;
    private readonly int _channels = channels;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Term<T>(int part, int at) where T : struct, ILanes<T> => T.Load(ref _terms, part * _channels + at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Factor<T>(int part, int at) where T : struct, ILanes<T> => T.Load(ref _factors, part * _channels + at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Before<T>(int part, int at) where T : struct, ILanes<T> => T.Load(ref _before, part * _channels + at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store<T>(ref float after, int part, int at, T value) where T : struct, ILanes<T> => value.Store(ref after, part * _channels + at);
}

/// <summary>The gradients of a step: references to the first channel of the first part.</summary>
/// <param name="given">The gradient of h by what reads the output.</param>
/// <param name="later">The gradients of the states by all later steps; those of the states before the step replace them.</param>
/// <param name="terms">The gradients of the terms; written.</param>
/// <param name="factors">The gradients of the factors; added to.</param>
/// <param name="channels">C.</param>
internal readonly ref struct DiagonalGradients(ref float given, ref float later, ref float terms, ref float factors, int channels)
{
    private readonly ref float _given = ref given, _later = ref later, _terms = ref terms, _factors = ref factors;
    private readonly int _channels = channels;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Given<T>(int at) where T : struct, ILanes<T> => T.Load(ref _given, at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Later<T>(int part, int at) where T : struct, ILanes<T> => T.Load(ref _later, part * _channels + at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetBefore<T>(int part, int at, T gradient) where T : struct, ILanes<T> =>
        LaneFunctions.WithoutTraces(gradient).Store(ref _later, part * _channels + at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetTerm<T>(int part, int at, T gradient) where T : struct, ILanes<T> => gradient.Store(ref _terms, part * _channels + at);

    /// <summary>Adds gradient · value to the gradient of a factor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddFactor<T>(int part, int at, T gradient, T value) where T : struct, ILanes<T> =>
        T.MultiplyAdd(gradient, value, T.Load(ref _factors, part * _channels + at)).Store(ref _factors, part * _channels + at);
}
