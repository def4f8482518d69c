namespace MLNet.Sequence.Torch;

/// <summary>
/// What Newton's method reached in the passes of a training (<see cref="NewtonStates"/>). Thread-safe; the order of the passes changes nothing.
/// </summary>
/// <param name="asked">The maximum number of iterations that the options state; null: only layers that have no faster way use the method.</param>
internal sealed class NewtonTally(int? asked)
{
    // What the layers that use it unasked are allowed: the paper needs three (arXiv 2510.21450).
    private const int Unasked = 20;

    private readonly Lock _gate = new();
    private NewtonReport _since = NewtonReport.None;

    public bool IsAsked => asked is not null;

    /// <summary>The maximum number of iterations.</summary>
    public int Most => asked ?? Unasked;

    /// <summary>Counts a pass of a layer that was solved.</summary>
    /// <param name="iterations">The iterations that it took.</param>
    /// <param name="residual">The residual that they reached.</param>
    public void Solved(int iterations, double residual) => Add(new NewtonReport { Passes = 1, Iterations = iterations, Residual = residual });

    /// <summary>Counts a pass of a layer that did not converge.</summary>
    /// <param name="iterations">The iterations that were tried.</param>
    public void StepByStep(int iterations) => Add(new NewtonReport { Passes = 1, StepByStep = 1, Iterations = iterations });

    /// <summary>Counts gradients that did not converge, of a pass that is counted already.</summary>
    public void GradientsStepByStep() => Add(new NewtonReport { StepByStep = 1 });

    /// <summary>What was counted since the last call.</summary>
    public NewtonReport Take()
    {
        lock (_gate)
        {
            NewtonReport taken = _since;
            _since = NewtonReport.None;
            return taken;
        }
    }

    private void Add(NewtonReport one)
    {
        lock (_gate)
            _since = _since.Plus(one);
    }
}
