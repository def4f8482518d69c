namespace MLNet.Sequence.Certificates;

/// <summary>How one step of a recurrent layer changes differences of states.</summary>
internal abstract class CellBound
{
    /// <summary>One bound per state: no state is ever further from 0.</summary>
    public abstract double[] Largest { get; }

    /// <summary>The states that the norms below measure, in words.</summary>
    public abstract string States { get; }

    /// <summary>A range that contains all outputs.</summary>
    public abstract ValueRange Output { get; }

    /// <summary>Whether each state's difference depends only on that state.</summary>
    public virtual bool IsDiagonal => false;

    /// <summary>A bound on the factor by which a step multiplies the Euclidean norm of the states' difference; null: not known.</summary>
    public virtual double? Euclidean => null;

    /// <summary>
    /// Bounds on the differences of the states after a step: for each state a bound that increases with <paramref name="before"/> and
    /// <paramref name="input"/>, is proportional to both together, and is subadditive.
    /// </summary>
    /// <param name="before">The differences of the states before the step.</param>
    /// <param name="input">The difference of the step's inputs.</param>
    /// <param name="after">Filled.</param>
    public abstract void Step(ReadOnlySpan<double> before, Difference input, Span<double> after);

    /// <summary>A bound on the difference of the output, given the differences of the new states and of the inputs.</summary>
    public abstract Difference Read(Difference states, Difference input);
}
