using System.Numerics.Tensors;
using MLNet.Sequence.Managed;

namespace MLNet.Sequence.Generation;

/// <summary>
/// A sequence in progress, for a next-step model or the target of a pair: each step costs the same, after any number of steps. A copy continues independently.
/// </summary>
internal sealed class StepStream
{
    private readonly ManagedNetwork _network;
    private readonly float[] _state, _output, _coverage = [], _input = [], _beside = [];
    private readonly StepTrack? _track;
    private readonly AttentionTrace? _trace;
    private long _steps;

    /// <exception cref="InvalidOperationException">The model does not predict next steps, or cannot do so one by one.</exception>
    /// <param name="model">The model.</param>
    /// <param name="conditions">The values of its conditions; null: it has none.</param>
    /// <param name="steps">The steps that will be fed and generated, which the frames of conditions must cover.</param>
    public StepStream(SequenceModel model, ConditionValues? conditions = null, long steps = 0)
    {
        if (model.Task.NextSteps is null)
            throw new InvalidOperationException(
                $"The model's task is {model.Task.GetType().Name}; only a model of the task {nameof(NextStep)} continues sequences.");
        _network = model.Managed;
        if (!_network.CanStep)
            throw new InvalidOperationException(
                $"The architecture {model.Architecture.Name} reads only whole sequences, so it cannot continue one step by step.");
        (_state, _output) = (new float[_network.StateSize], new float[_network.OutputSize]);
        if (model.Task.RowInput is { Conditions: not null } input)
        {
            _track = new StepTrack(input, model.Scaling.Pooled, conditions, steps);
            (_input, _beside) = (new float[_network.InputSize], _track.Static);
        }
        else if (conditions is not null)
        {
            throw new ArgumentException($"The model has no conditions; found {nameof(GenerationOptions)}.{nameof(GenerationOptions.Conditions)}.");
        }
    }

    /// <param name="decoder">The decoder of a source.</param>
    /// <param name="trace">What it attends to; null, the default: nobody asks for it.</param>
    public StepStream(ManagedNetwork decoder, AttentionTrace? trace = null)
    {
        (_network, _state, _output, _trace) = (decoder, new float[decoder.StateSize], new float[decoder.OutputSize], trace);
        _coverage = new float[trace?.Steps ?? 0];
    }

    private StepStream(StepStream other)
    {
        (_network, _state, _output) = (other._network, (float[])other._state.Clone(), (float[])other._output.Clone());
        (_track, _beside, _input, _steps) = (other._track, other._beside, (float[])other._input.Clone(), other._steps);
        (_trace, _coverage) = (other._trace, (float[])other._coverage.Clone());
    }

    /// <summary>For each step of a source the attention weights summed over the steps so far; empty if they are not traced.</summary>
    public ReadOnlySpan<float> Coverage => _coverage;

    /// <summary>The network's output for the last step: logits, or standardised numbers. The caller may change it.</summary>
    public Span<float> Output => _output;

    public StepStream Copy() => new(this);

    /// <param name="step">As the network sees it: a token's index, keys of 0 and 1, or standardised numbers.</param>
    public void Feed(ReadOnlySpan<float> step)
    {
        if (_track is { } track)
        {
            step.CopyTo(_input);
            track.Frame(track.FrameOf(_steps++)).CopyTo(_input.AsSpan(step.Length));
            step = _input;
        }

        _network.Step(step, _output, _state, _beside);
        if (_trace is not null)
            TensorPrimitives.Add(_coverage, _trace.Take(), _coverage);
    }

    public void Feed(int token) => Feed([token]);
}
