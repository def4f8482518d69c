using MLNet.Sequence.Layers;

namespace MLNet.Sequence;

/// <summary>
/// A baseline that a network has to beat: forecasts that anyone can make, and linear models. The backbone has no weights. It puts the last
/// k steps side by side, [B, T, C] to [B, T, k·C], oldest first, with zeros before the first step, unless the reference says otherwise. The
/// weights of the task's linear head are given or solved in closed form: no epochs, no learning rate, no seed. Otherwise a reference is a
/// model like the others: it is saved, scored, streamed, exported and certified.
/// Receptive field k, where the last k steps are read.
/// </summary>
public abstract record Reference : Architecture
{
    private protected Reference()
    {
    }

    /// <inheritdoc/>
    public override Layer Build(int context) => Steps(context) is var steps and > 1
        ? new PatchedLayer(new Sequential(), steps, Stride: 1)
        : new Sequential();

    internal sealed override bool IsSolved => true;

    internal sealed override double LeastWeights => 0;

    /// <summary>
    /// The normalisation of windows that a forecaster uses if one is requested; null: none is. Repeated forecasts stay in the series' own units.
    /// </summary>
    internal virtual WindowNormalization Normalization(WindowNormalization? asked) => WindowNormalization.None;

    /// <summary>
    /// The step that a forecast repeats, as a number of steps before the last one of the context; null: the mean of the series instead of a
    /// step.
    /// </summary>
    /// <param name="ahead">The step that is forecast, from 1.</param>
    internal virtual int? Repeated(int ahead) => null;

    /// <summary>k, the number of steps read.</summary>
    /// <param name="context">The number of available steps.</param>
    internal virtual int Steps(int context) => 1;
}
