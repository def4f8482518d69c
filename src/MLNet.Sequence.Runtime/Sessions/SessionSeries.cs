using System.Buffers.Binary;
using System.Runtime.InteropServices;
using MLNet.Sequence.Data;
using MLNet.Sequence.Managed;
using MLNet.Sequence.Model;
using MLNet.Sequence.Stability;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Sessions;

/// <summary>
/// One series of a session: the network's state where it is stepped, else the last steps of the context, oldest first. Both
/// are one flat block, which is all that a file must hold beside three counters.
/// </summary>
internal sealed class SessionSeries
{
    private readonly SequenceModel _model;
    private readonly ChannelScaling _scaling;
    private readonly StepEncoding _encoding;
    private readonly bool _steps;
    private readonly float[] _input;
    private readonly int _context;
    private long _outside;

    public SessionSeries(SequenceModel model, bool steps, ChannelScaling scaling)
    {
        (_model, _steps, _scaling, _encoding) = (model, steps, scaling, model.Task.Encoding(scaling));
        _input = new float[model.Task.InputSize];
        // Of all tasks, only a forecaster waits for its context.
        _context = model.Task is Forecasting task ? task.Context : 1;
        State = new float[steps ? model.Managed.StateSize : _context * _input.Length];
    }

    public float[] State { get; }

    /// <summary>Steps so far.</summary>
    public long Count { get; set; }

    /// <summary>Steps since the last one with a value that was not finite; at first as many as are ever asked for.</summary>
    public long Whole { get; set; } = long.MaxValue / 2;

    /// <summary>Steps so far that lay outside of the range that the certificate assumes.</summary>
    public long Outside
    {
        get => Volatile.Read(ref _outside);
        set => Volatile.Write(ref _outside, value);
    }

    /// <summary>Whether all that the last output follows from was inside.</summary>
    public bool IsCovered => _steps ? Outside == 0 : _model.CertificateCovers(State);

    /// <exception cref="FormatException">The counters, as a file says them, are none of a series.</exception>
    public void MustBeSound(string key)
    {
        long steps = _steps ? BinaryPrimitives.ReadInt64LittleEndian(MemoryMarshal.AsBytes(State.AsSpan(0, ManagedNetwork.CounterSize))) : Count;
        if (Count < 0 || Whole < 0 || Outside < 0 || Outside > Count || steps != Count)
            throw new FormatException($"The series '{key}' has {Count} steps, {steps} in its state, {Whole} since the last missing value and {Outside} outside of the range of training.");
    }

    public void Step(ReadOnlySpan<float> values, Span<float> output)
    {
        Check(values);
        Span<float> own = _input.AsSpan(_input.Length - values.Length);
        values.CopyTo(own);
        bool whole = true;
        foreach (ref float value in own)
        {
            if (float.IsFinite(value))
                continue;
            // The mean will stand in: what is not a number would stay in a recurrent state for good.
            (value, whole) = (float.NaN, _encoding.HasMask);
        }

        _encoding.Apply(_input);
        if (!_model.CertificateCovers(_input))
            Outside++;
        (Count, Whole) = (Count + 1, whole ? Whole + 1 : 0);
        Run(output);
        if (Count < _context || Whole < _context)
            output.Fill(float.NaN);
        else
            _model.Task.Decode(output, _scaling);
    }

    private void Run(Span<float> output)
    {
        if (_steps)
        {
            _model.Managed.Step(_input, output, State);
            return;
        }

        State.AsSpan(_input.Length).CopyTo(State);
        _input.CopyTo(State.AsSpan(State.Length - _input.Length));
        if (Count >= _context && Whole >= _context)
            _model.Managed.Run(State).CopyTo(output);
    }

    private void Check(ReadOnlySpan<float> values)
    {
        if (_model.Task is Forecasting)
            return;
        int at = 0;
        while (at < values.Length && (float.IsFinite(values[at]) || _encoding.HasMask && float.IsNaN(values[at])))
            at++;
        if (at < values.Length)
            throw new ArgumentException($"Value {at} of the step is {values[at]}; a step of this model has finite numbers.", nameof(values));
    }
}
