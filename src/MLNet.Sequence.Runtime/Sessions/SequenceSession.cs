using System.Collections.Concurrent;
using MLNet.Sequence.Calendars;
using MLNet.Sequence.Model;
using MLNet.Sequence.Sessions;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence;

/// <summary>
/// Streaming over a model: series grow step by step, each with its own state, and each step returns the model's output for the series so
/// far. In plain C#, without native libraries. A step in constant time of targets and inputs alone allocates nothing once its series is
/// known. Thread-safe; steps of one series run one after the other.
/// </summary>
/// <remarks>
/// The output of a step, in the data's own units:
/// <list type="bullet">
/// <item>for a forecaster the forecast, [horizon × targets], equal to that of batch scoring: NaN before the first
/// <see cref="Forecasting.Context"/> steps and while a value among the last of them is not finite; a missing value (NaN) is filled if the
/// model was trained with <see cref="Forecasting.MissingValues"/> other than Error;</item>
/// <item>for a task whose rows hold a sequence, its output for the sequence so far: class probabilities, the probability of yes, or the
/// numbers;</item>
/// <item>for a tagger the probability of each tag of the step on its own, because the best tags of a whole sequence are known only at its end;</item>
/// <item>for a next-step model the prediction of the next step.</item>
/// </list>
/// A forecaster whose receptive field fits into its context is stepped, in constant time. Any other forecaster starts again in its context at
/// each step, as batch scoring does, and computes what its last output reads of it, unless the state is carried. The state is always carried if the model
/// was trained so (<see cref="Forecasting.CarriesState"/>). A series that was not in training is scaled by its window, as in batch scoring,
/// so its context is also run again at each step. If the state is carried, the series is scaled by its first context, with which the state
/// begins.
/// <para>
/// A session reads no times: each call is the next step of its series, at any time and with any time column of training. Steps must come in
/// time order and at the spacing of training. For a missing step, give the step with values of NaN if the task allows them.
/// </para>
/// </remarks>
public sealed partial class SequenceSession
{
    private readonly ConcurrentDictionary<string, SessionSeries> _series = new(StringComparer.Ordinal);

    internal SequenceSession(SequenceModel model, bool carriesState)
    {
        carriesState |= model.Task.Series is { CarriesState: true };
        (Model, CarriesState) = (model, carriesState);
        if (model.Task.RowInput?.Conditions is { } conditions)
            throw new NotSupportedException($"The model is conditioned on {conditions.Description}, which a session cannot be given yet. Use GenerateTokens or "
                + "GenerateSteps, or a PredictionEngine of the fitted chain.");
        InputSize = model.Task.DataChannels;
        OutputSize = model.Task.Series?.PredictionSize ?? model.Managed.OutputSize;
        FutureSize = model.Task.Series is { } task ? task.Horizon * task.KnownSize : 0;
        bool fits = model.Task.Series is null || model.Network.ReceptiveField <= model.Task.ContextLength;
        // Missing values are filled, and targets differenced, within a window, which is therefore kept.
        bool keeps = model.Task.Series?.ReadsWindows == true;
        IsConstantTime = model.Managed.CanStep && (fits || carriesState) && !keeps;
        if ((IsConstantTime ? model.Managed.StateSize : (long)model.Task.ContextLength * model.Task.DataChannels) > Array.MaxLength)
            throw new NotSupportedException($"The model ({model.Architecture}) keeps 2^31 values or more of a series' past: no array holds them.");
        if (keeps && carriesState)
        {
            throw new NotSupportedException($"The model {(model.Task.Series!.FillsWindows
                ? $"fills missing values within its window (MissingValues.{model.Task.Series!.MissingValues})"
                : "takes differences within its window (Differencing)")}: "
                    + "it has no state to carry from step to step.");
        }

        if (!IsConstantTime && (carriesState || model.Task.Series is null))
        {
            throw new NotSupportedException(
                $"The model ({model.Architecture}) reads its whole {(model.Task.Series is null ? "sequence" : "window")} at once: it has no state to carry "
                    + "from step to step.");
        }
    }

    /// <summary>The model that is stepped, which other sessions may share.</summary>
    public SequenceModel Model { get; }

    /// <summary>Whether a forecaster's recurrent state continues as long as its series, beyond the context of its training.</summary>
    public bool CarriesState { get; }

    /// <summary>Values of a step: the channels of the data that the model reads.</summary>
    public int InputSize { get; }

    /// <summary>Number of known inputs of the steps ahead that a step takes: horizon × known inputs; 0 if the model has none.</summary>
    public int FutureSize { get; }

    /// <summary>Number of output values of a step: the length of the span that it fills.</summary>
    public int OutputSize { get; }

    /// <summary>The keys of all series that have had a step, in no particular order.</summary>
    public IReadOnlyCollection<string> Series => [.. _series.Keys];

    /// <summary>
    /// Whether a step of a series that was in training costs the same for any length of the context; otherwise what the last output reads of the
    /// context is computed at each step.
    /// </summary>
    public bool IsConstantTime { get; }

    /// <summary>
    /// Number of steps, of all series, with values outside the range that the model's certificate assumes; 0 if it assumes none
    /// (<see cref="MemoryCertificate.AssumesInputRange"/>). Saved with the states; a forgotten series no longer counts.
    /// </summary>
    public long StepsOutsideRange => _series.Values.Sum(series => series.Outside);

    /// <summary>The next step of the series "": the session's only one if the model knows no keys.</summary>
    /// <inheritdoc cref="Step(string, ReadOnlySpan{float}, Span{float})"/>
    public void Step(ReadOnlySpan<float> values, Span<float> output) => Step("", values, output);

    /// <summary>The next step of the session's only series, in double.</summary>
    /// <inheritdoc cref="Step(string, ReadOnlySpan{double}, Span{double})"/>
    public void Step(ReadOnlySpan<double> values, Span<double> output) => Step("", values, output);

    /// <summary>The next step of a series, which begins with its first step.</summary>
    /// <param name="series">Its key. A forecaster scales by it, also by "" if training had a series with that key.</param>
    /// <param name="values">
    /// [<see cref="InputSize"/>] in the data's units; a forecaster's channels with its targets first; for tokens their index, from 0: an
    /// unknown token becomes the model's unknown token.
    /// </param>
    /// <param name="output">[<see cref="OutputSize"/>], filled with the model's output for the series so far.</param>
    /// <exception cref="ArgumentException">
    /// A span has the wrong length, a value is missing and the model needs it, or it is not a token and the model has no unknown token.
    /// </exception>
    public void Step(string series, ReadOnlySpan<float> values, Span<float> output)
    {
        Step(series, values, [], output);
    }

    /// <summary>The next step of a series, with the known inputs of the steps ahead.</summary>
    /// <inheritdoc cref="Step(string, ReadOnlySpan{float}, Span{float})" path="/node()[not(self::param)]"/>
    /// <param name="series">Its key.</param>
    /// <param name="values">[<see cref="InputSize"/>] in the data's units.</param>
    /// <param name="future">
    /// [horizon × known], the first step ahead first: the values of <see cref="Forecasting.KnownInputs"/>; if one is not finite, this
    /// step's forecast is NaN.
    /// </param>
    /// <param name="output">[<see cref="OutputSize"/>], filled.</param>
    public void Step(string series, ReadOnlySpan<float> values, ReadOnlySpan<float> future, Span<float> output)
    {
        SessionSeries state = Find(series, values, future.Length, output.Length);
        lock (state)
        {
            state.Step(values, future, output);
            state.Time = null;
        }
    }

    /// <summary>
    /// The next step of a series, in double: values are centred before they become floats, so a large level (a counter, a time) keeps the
    /// small differences around it.
    /// </summary>
    /// <inheritdoc cref="Step(string, ReadOnlySpan{float}, Span{float})"/>
    public void Step(string series, ReadOnlySpan<double> values, Span<double> output)
        => Step(series, values, [], output);

    /// <inheritdoc cref="Step(string, ReadOnlySpan{float}, ReadOnlySpan{float}, Span{float})"/>
    public void Step(string series, ReadOnlySpan<double> values, ReadOnlySpan<double> future, Span<double> output)
    {
        SessionSeries state = Find(series, values, future.Length, output.Length);
        lock (state)
        {
            state.Step(values, future, output);
            state.Time = null;
        }
    }

    /// <summary>
    /// The next step of a series at a time, for a model with calendar inputs (<see cref="Forecasting.Calendar"/>), which are made from it.
    /// </summary>
    /// <inheritdoc cref="Step(string, ReadOnlySpan{float}, Span{float})" path="/node()[not(self::param)]"/>
    /// <param name="series">Its key; "" if the model knows no keys.</param>
    /// <param name="time">The time of the step; those ahead follow by <see cref="Forecasting.Frequency"/>.</param>
    /// <param name="values">The channels of <see cref="Forecasting.Columns"/>, in the data's units, without the calendar.</param>
    /// <param name="future">[horizon × known], without the calendar; empty if there are no other known inputs.</param>
    /// <param name="output">[<see cref="OutputSize"/>], filled.</param>
    public void Step(string series, DateTimeOffset time, ReadOnlySpan<double> values, ReadOnlySpan<double> future, Span<double> output)
    {
        if (Model.Task.Series is not { Calendar: not null } task)
            throw new ArgumentException("The model has no calendar inputs: leave out the time.", nameof(time));
        if (values.Length != InputSize - task.CalendarSize || future.Length != FutureSize - task.Horizon * task.CalendarSize)
        {
            throw new ArgumentException($"A step of the model has {InputSize - task.CalendarSize} values without those of the calendar, and "
                + $"{FutureSize - task.Horizon * task.CalendarSize} of the steps ahead; found {values.Length} and {future.Length}.", nameof(values));
        }

        (double[] row, TimePoint next) = task.WithCalendar(values, new TimePoint(time), task.FirstKnown, task.DataChannels);
        SessionSeries state = Find(series, row, FutureSize, output.Length);
        lock (state)
        {
            state.Step(row, task.WithCalendar(future, next, 0, task.KnownSize).Rows, output);
            state.Time = new TimePoint(time);
        }
    }

    /// <summary>
    /// The bounds of the last forecast of a series, if the model has intervals (<see cref="Forecasting.Intervals"/>). If they adapt, each step of the
    /// series has moved them by whether the earlier forecasts held; states that are saved hold that too, but not the bounds themselves: after
    /// loading they are NaN until the next step.
    /// </summary>
    /// <param name="series">The key of the series; "" if the model knows no keys.</param>
    /// <param name="lower">[horizon × targets], filled; NaN where the last step had no forecast.</param>
    /// <param name="upper">[horizon × targets], filled.</param>
    /// <exception cref="ArgumentException">The session does not know this series, or a span has the wrong length.</exception>
    /// <exception cref="InvalidOperationException">The model has no intervals.</exception>
    public void Bounds(string series, Span<double> lower, Span<double> upper)
    {
        ArgumentNullException.ThrowIfNull(series);
        Forecasting? task = Model.Task.Series;
        Forecaster.MustHaveIntervals(task);
        if (!_series.TryGetValue(series, out SessionSeries? state))
            throw new ArgumentException($"The session knows no series '{series}'.", nameof(series));
        int size = task!.Horizon * task.TargetChannels.Count;
        if (lower.Length != size || upper.Length != size)
            throw new ArgumentException($"The bounds of the model have {size} values each; found room for {lower.Length} and {upper.Length}.", nameof(lower));
        lock (state)
            state.Bounds!.CopyTo(lower, upper);
    }

    /// <summary>
    /// Whether the model's certificate holds for a series' last output: something is proved, and no step that the output depends on was
    /// outside the range that the proof assumes. These are the steps of the context if it is run again at each step, and all steps of the
    /// series if its state is carried.
    /// </summary>
    /// <param name="series">The key of the series; "", the default: the session's only one.</param>
    /// <exception cref="ArgumentException">The session does not know this series.</exception>
    public bool CertificateHolds(string series = "")
    {
        ArgumentNullException.ThrowIfNull(series);
        if (!_series.TryGetValue(series, out SessionSeries? state))
            throw new ArgumentException($"The session knows no series '{series}'.", nameof(series));
        lock (state)
            return Model.Certificate.IsCertified && state.IsCovered;
    }

    /// <summary>Whether a series has had a step and was not forgotten.</summary>
    /// <param name="series">The key of the series.</param>
    public bool Knows(string series) => _series.ContainsKey(series);

    /// <summary>The time of the last step of a series, as an engine stated it; null: the series or the time is not known.</summary>
    internal TimePoint? LastTime(string series)
    {
        if (!_series.TryGetValue(series, out SessionSeries? state))
            return null;
        lock (state)
            return state.Time;
    }

    /// <summary>Several steps of a series, and the time of the last one, as one: no other step and no saving comes between them.</summary>
    internal void Together(string series, TimePoint? last, Action steps)
    {
        SessionSeries state = _series.GetOrAdd(series, Begin);
        lock (state)
        {
            steps();
            state.Time = last;
        }
    }

    /// <summary>Forgets a series; its next step is its first.</summary>
    /// <param name="series">The key of the series.</param>
    /// <returns>Whether it was known.</returns>
    public bool Forget(string series) => _series.TryRemove(series, out _);

    private SessionSeries Find<T>(string series, ReadOnlySpan<T> values, int future, int output)
    {
        ArgumentNullException.ThrowIfNull(series);
        if (values.Length != InputSize)
            throw new ArgumentException($"A step of the model has {InputSize} values; found {values.Length}.", nameof(values));
        if (output != OutputSize)
            throw new ArgumentException($"A step of the model gives {OutputSize} values; found room for {output}.", nameof(output));
        if (future != FutureSize)
        {
            throw new ArgumentException(
                FutureSize == 0
                    ? $"The model has no known inputs; found {future} values."
                    : $"A step of the model reads {FutureSize} values of the steps ahead (KnownInputs), as Step(series, values, future, output) takes them; "
                        + $"found {future}.",
                nameof(future));
        }

        return _series.TryGetValue(series, out SessionSeries? state) ? state : _series.GetOrAdd(series, Begin);
    }

    // "" is a series of training if training had one with that key; otherwise it is none.
    private SessionSeries Begin(string series) => new(this, series.Length > 0 || Model.Scaling.BySeries.ContainsKey(series) ? series : null);
}
