namespace MLNet.Sequence.Certificates;

/// <summary>One step of a recurrent layer, as differences of states see it.</summary>
internal abstract class CellBound
{
    /// <summary>No state is ever further from 0, one bound per state.</summary>
    public abstract double[] Largest { get; }

    /// <summary>What the norms below are of, in words.</summary>
    public abstract string States { get; }

    /// <summary>No output is outside of it.</summary>
    public abstract ValueRange Output { get; }

    /// <summary>Each state's difference depends on its own alone.</summary>
    public virtual bool IsDiagonal => false;

    /// <summary>What the Euclidean norm of the states' difference is multiplied by at most; null: not known.</summary>
    public virtual double? Euclidean => null;

    /// <summary>
    /// What the states differ by after a step, at most: for each state a bound that rises with <paramref name="before"/> and
    /// <paramref name="input"/>, in proportion to both together, and that for a sum is no more than the sum of the bounds.
    /// </summary>
    /// <param name="before">What the states differed by.</param>
    /// <param name="input">What the inputs of the step differ by.</param>
    /// <param name="after">Filled.</param>
    public abstract void Step(ReadOnlySpan<double> before, Difference input, Span<double> after);

    /// <summary>What the output differs by where the states, the newest ones, and the inputs do.</summary>
    public abstract Difference Read(Difference states, Difference input);
}
