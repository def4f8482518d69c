using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using MLNet.Sequence.Calendars;
using MLNet.Sequence.Data;
using MLNet.Sequence.Managed;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Sessions;

/// <summary>
/// One series of a session: the network's state if it is stepped, otherwise the last steps of the context, oldest first. Both are one flat
/// block, which is all that a file must hold besides three counters.
/// </summary>
/// <remarks>
/// A forecaster's series that was not in training is scaled by its own values, and differences begin anew in each window, so its block holds them
/// unscaled: the last steps of the context, which are run again at each step. If its state is carried, the block holds the first steps of the context
/// after the state; their scaling stays that of the series.
/// </remarks>
internal sealed partial class SessionSeries
{
    private const int FloatsOfDouble = sizeof(double) / sizeof(float);

    private readonly SequenceSession _session;
    private readonly SequenceModel _model;
    private readonly string? _key;
    private readonly Forecasting? _task;
    private readonly bool _takesMissing, _fills;
    private readonly TokenInput? _tokens;
    private readonly ValueDecoding _decoding;
    private readonly bool _steps;
    private readonly KeyChannel[] _keys;
    private readonly double[] _values, _future;

    // The row and the known inputs of the last step that was taken; a step that is refused leaves them.
    private readonly double[] _lastRow, _lastAhead;
    private readonly float[] _input, _output, _decoded, _beside;
    private readonly int _context, _raw, _past, _known;
    private ChannelScaling? _scaling;
    private StepEncoding? _encoding;
    private float[] _window = [];
    private long _outside;

    // Whether the output can be computed: the plan and the static values are known and, with fills, a value of a target in the window.
    private bool _isKnown = true;

    // Whether a step was taken since the series began or was restored, and whether it had an output.
    private bool _isStepped, _hasOutput;

    /// <param name="session">The session of the series.</param>
    /// <param name="key">The series, for its scaling.</param>
    public SessionSeries(SequenceSession session, string? key)
    {
        (_session, _model, _key) = (session, session.Model, key);
        Forecasting? task = _task = _model.Task.Series;
        (_takesMissing, _fills) = (task is { MissingValues: not MissingValues.Error }, task?.FillsWindows == true);
        IsKnown = task is null || task.Differencing is null && _model.Scaling.Knows(key);
        _steps = session.IsConstantTime && (IsKnown || session.CarriesState);
        if (IsKnown)
            SetScaling(_model.Scaling[key]);
        (_past, _known, _keys) = (task?.PastSize ?? _model.Task.InputSize, task?.KnownSize ?? 0, task?.KeyChannels ?? []);
        (_values, _output) = (new double[_model.Task.DataChannels], new float[_model.Managed.OutputSize]);
        _decoded = new float[_output.Length];
        _input = new float[task is null ? _past : _values.Length];
        (_future, _beside) = (new double[task is null ? 0 : task.Horizon * _known], new float[_model.Network.BesideSize]);
        (_lastRow, _lastAhead) = (new double[task is null ? 0 : _values.Length], new double[_future.Length]);
        (_tokens, _decoding) = (_model.Task.Tokens, _model.Decoding);
        // Only a forecaster waits for its context.
        _context = task?.Context ?? 1;
        Bounds = task?.Intervals is null ? null : new SessionBounds(task, _decoding);
        int state = _steps ? _model.Managed.StateSize : 0, window = _context * _input.Length;
        _raw = state;
        State = new float[IsKnown ? _steps ? state : window : state + FloatsOfDouble * window];
    }

    public float[] State { get; }

    /// <summary>The bounds of the last forecast; null: the model has none.</summary>
    public SessionBounds? Bounds { get; }

    /// <summary>Whether the model has a scaling for it that holds for all its windows.</summary>
    public bool IsKnown { get; }

    /// <summary>The time of the last step; null: it is not known.</summary>
    public TimePoint? Time { get; set; }

    /// <summary>Whether the output of the next step is wanted; otherwise a window is not run. Default true.</summary>
    public bool IsWanted { get; set; } = true;

    /// <summary>Steps so far.</summary>
    public long Count { get; set; }

    /// <summary>Steps since the last one with a value that was not finite; at the start, the largest number ever needed.</summary>
    public long Whole { get; set; } = long.MaxValue / 2;

    /// <summary>Number of steps so far outside the range that the certificate assumes.</summary>
    public long Outside
    {
        get => Volatile.Read(ref _outside);
        set => Volatile.Write(ref _outside, value);
    }

    /// <summary>Whether all steps that the last output depends on were inside.</summary>
    public bool IsCovered => (_steps ? Outside == 0 : _model.CertificateCovers(Past(IsKnown ? State : Window()), _beside))
        && (IsKnown || Scaling() is not { } scaling || _model.CertificateCovers(scaling));

    // The unscaled values; a series that was in training has none.
    private Span<double> Raw => MemoryMarshal.Cast<float, double>(State.AsSpan(_raw));

    private bool HasContext => Count >= (_task?.LeastHistory ?? 1);
    private bool IsReady => HasContext && Whole >= _context;

    /// <exception cref="FormatException">The counters in a file are not possible for a series.</exception>
    public void MustBeSound(string key)
    {
        long steps = _steps ? BinaryPrimitives.ReadInt64LittleEndian(MemoryMarshal.AsBytes(State.AsSpan(0, ManagedNetwork.CounterSize))) : Count;
        if (Count < 0 || Whole < 0 || Outside < 0 || Outside > Count || steps != (IsKnown || !_steps || Count >= _context ? Count : 0))
            throw new FormatException($"The series '{key}' has {Count} steps, {steps} in its state, {Whole} since the last missing value and {Outside} "
                + "outside of the range of training.");
    }

    /// <summary>The same series so far, which then goes on by itself. Its bounds do not adapt.</summary>
    public SessionSeries Fork()
    {
        var fork = new SessionSeries(_session, _key)
        {
            Count = Count,
            Whole = Whole,
            Outside = Outside,
            Time = Time,
            _scaling = _scaling,
            _encoding = _encoding,
        };
        State.CopyTo(fork.State, 0);
        return fork;
    }

    // Takes the step in _values; returns whether there is an output.
    private bool Advance()
    {
        _hasOutput = Take();
        if (_task is not null)
        {
            _isStepped = true;
            _values.CopyTo(_lastRow, 0);
            _future.CopyTo(_lastAhead, 0);
        }

        return _hasOutput;
    }

    private bool Take()
    {
        bool hasMask = _model.Task.Series is null && _encoding!.HasMask;
        if (_task is null && _tokens is null)
            StepValues.MustBeFinite(_values, hasMask);
        if (_takesMissing)
            _task!.Read(_values, (0, _values.Length));
        KeyChannel.MustHold(_keys, _values, 0, _values.Length);
        KeyChannel.MustHold(_keys, _future, _past - _known, _known);
        if (_tokens is not null)
            _values[0] = StepValues.Token(_tokens, _values[0]);
        bool whole = true;
        foreach (ref double value in _values.AsSpan())
        {
            if (float.IsFinite((float)value))
                continue;
            // The mean replaces it: a value that is not a number would stay in a recurrent state forever.
            (value, whole) = (double.NaN, hasMask || _fills && whole && double.IsNaN(value));
        }

        if (Count == 0 && _task is { PadsWindows: true })
            Pad();
        _isKnown = true;
        (Count, Whole) = (Count + 1, whole ? Whole + 1 : 0);
        if (IsKnown || _steps && Count > _context)
            TakeScaled();
        else if (_steps)
            TakeFirst();
        else
            TakeWindow();
        return IsReady && _isKnown;
    }

    // The static values of the last step.
    private ReadOnlySpan<float> Beside()
    {
        if (_beside.Length == 0)
            return default;
        Forecasting task = _task!;
        task.StandardizeAhead(_future, _scaling!, _beside);
        _scaling!.Apply(_values.AsSpan(_past), _beside.AsSpan(^task.StaticSize..), _past);
        foreach (ref float value in _beside.AsSpan())
        {
            // What is read of no step is in no state, but it is in this output.
            if (!float.IsFinite(value))
                (value, _isKnown) = (0, false);
        }

        return _beside;
    }

    // What the network sees of the rows of a window, whose last channels belong to the whole series.
    private ReadOnlySpan<float> Past(ReadOnlySpan<float> rows)
    {
        if (_task is null || _past == _values.Length && !_fills)
            return rows;
        var past = new float[rows.Length / _values.Length * _past];
        for (int at = 0, to = 0; at < rows.Length; at += _values.Length, to += _past)
            rows.Slice(at, _past).CopyTo(past.AsSpan(to));
        if (!_fills)
            return past;
        float[] seen = _task.MaskSize == 0 ? past : new float[past.Length / _past * _task.InputSize];
        _task.Fill(past, seen);
        return seen;
    }

    private void TakeScaled()
    {
        Scaling();
        if (_fills)
            _scaling!.Apply(_values, _input);
        else
            _encoding!.Apply(_values, _input);
        ReadOnlySpan<float> beside = Beside();
        if (!_fills && !_model.CertificateCovers(_input.AsSpan(0, _past), beside))
            Outside++;
        if (_steps)
        {
            _model.Managed.Step(_input.AsSpan(0, _past), _output, State.AsSpan(0, _model.Managed.StateSize), beside);
            return;
        }

        Append(_input, State);
        if (IsReady)
            Run(Past(State), beside);
    }

    private void Run(ReadOnlySpan<float> window, ReadOnlySpan<float> beside)
    {
        // Filled values are known only in the window as a whole.
        if (_fills)
        {
            _isKnown &= TensorPrimitives.IsFiniteAll(window);
            Outside += _isKnown && !_model.CertificateCovers(window[^_task!.InputSize..], beside) ? 1 : 0;
        }

        if (_isKnown && IsWanted)
            _model.Managed.RunLast(window, beside, _output);
    }

    // The scaling of the series, once it is known.
    private ChannelScaling? Scaling()
    {
        if (_scaling is null && HasContext)
            SetScaling(_model.Task.Series!.ScalingOf(_model.Scaling, _key, Raw));
        return _scaling;
    }

    private void SetScaling(ChannelScaling scaling) => (_scaling, _encoding) = (scaling, _model.Task.Encoding(scaling));

    private static void Append<T>(ReadOnlySpan<T> step, Span<T> window)
    {
        window[step.Length..].CopyTo(window);
        step.CopyTo(window[^step.Length..]);
    }
}
