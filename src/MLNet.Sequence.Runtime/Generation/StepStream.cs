using MLNet.Sequence.Managed;

namespace MLNet.Sequence.Generation;

/// <summary>
/// A sequence in progress, for a next-step model or the target of a pair: each step costs the same, after any number of steps. A copy continues independently.
/// </summary>
internal sealed class StepStream
{
    private readonly ManagedNetwork _network;
    private readonly float[] _state, _output;

    /// <exception cref="InvalidOperationException">The model does not predict next steps, or cannot do so one by one.</exception>
    public StepStream(SequenceModel model)
    {
        if (model.Task.NextSteps is null)
            throw new InvalidOperationException(
                $"The model's task is {model.Task.GetType().Name}; only a model of the task {nameof(NextStep)} continues sequences.");
        _network = model.Managed;
        if (!_network.CanStep)
            throw new InvalidOperationException(
                $"The architecture {model.Architecture.Name} reads only whole sequences, so it cannot continue one step by step.");
        (_state, _output) = (new float[_network.StateSize], new float[_network.OutputSize]);
    }

    /// <param name="decoder">The decoder of a source.</param>
    public StepStream(ManagedNetwork decoder) =>
        (_network, _state, _output) = (decoder, new float[decoder.StateSize], new float[decoder.OutputSize]);

    private StepStream(StepStream other) =>
        (_network, _state, _output) = (other._network, (float[])other._state.Clone(), (float[])other._output.Clone());

    /// <summary>The network's output for the last step: logits, or standardised numbers. The caller may change it.</summary>
    public Span<float> Output => _output;

    public StepStream Copy() => new(this);

    /// <param name="step">As the network sees it: a token's index, keys of 0 and 1, or standardised numbers.</param>
    public void Feed(ReadOnlySpan<float> step) => _network.Step(step, _output, _state);

    public void Feed(int token) => Feed([token]);
}
