using System.Collections.Concurrent;
using MLNet.Sequence.Model;
using MLNet.Sequence.Sessions;

namespace MLNet.Sequence;

/// <summary>
/// Streaming over a model: series that grow step by step, each with a state of its own, and after each step what the model
/// says of the series so far. In plain C#, without native libraries. A step in constant time allocates nothing once its series
/// is known. Safe for any number of threads; steps of one series are taken one after the other.
/// </summary>
/// <remarks>
/// What a step gives, in the data's own units:
/// <list type="bullet">
/// <item>of a forecaster the forecast, [horizon × targets], equal to that of batch scoring: NaN before the first
/// <see cref="Forecasting.Context"/> steps and while a value among the last of them is not finite;</item>
/// <item>of a task whose rows hold a sequence, its output for the sequence so far: class probabilities, the probability of
/// yes, or the numbers;</item>
/// <item>of a tagger the probability of each tag of the step on its own, since the best tags of a whole sequence are known only
/// at its end;</item>
/// <item>of a next-step model the prediction of the step that follows.</item>
/// </list>
/// A forecaster whose receptive field fits into its context is stepped, in constant time. Any other one runs its whole context
/// at each step, since batch scoring starts it anew for every window; unless the state is carried, as it always is where the model was
/// trained so (<see cref="Forecasting.CarriesState"/>). A series that was not in training
/// is scaled by its window, as in batch scoring, so that its context too is run anew at each step; where the state is carried, it is
/// scaled by its first context, which the state begins with.
/// <para>
/// A session takes no times: each call is the step after the last one of its series, whenever it comes and whatever column of times the
/// model was trained with. Steps must come in the order of time and at the spacing of training; for one that is missing, give the step
/// with values of NaN where the task allows them.
/// </para>
/// </remarks>
public sealed class SequenceSession
{
    private readonly ConcurrentDictionary<string, SessionSeries> _series = new(StringComparer.Ordinal);

    internal SequenceSession(SequenceModel model, bool carriesState)
    {
        carriesState |= model.Task.Series is { CarriesState: true };
        (Model, CarriesState) = (model, carriesState);
        InputSize = model.Task.DataChannels;
        OutputSize = model.Managed.OutputSize;
        FutureSize = model.Task.Series is { } task ? task.Horizon * task.KnownSize : 0;
        bool fits = model.Task.Series is null || model.Network.ReceptiveField <= model.Task.ContextLength;
        IsConstantTime = model.Managed.CanStep && (fits || carriesState);
        if ((IsConstantTime ? model.Managed.StateSize : (long)model.Task.ContextLength * model.Task.DataChannels) > Array.MaxLength)
            throw new NotSupportedException($"The model ({model.Architecture}) keeps 2^31 values or more of a series' past: no array holds them.");
        if (!IsConstantTime && (carriesState || model.Task.Series is null))
        {
            throw new NotSupportedException(
                $"The model ({model.Architecture}) reads its whole {(model.Task.Series is null ? "sequence" : "window")} at once: it has no state to carry "
                    + "from step to step.");
        }
    }

    /// <summary>The model that is stepped, which other sessions may share.</summary>
    public SequenceModel Model { get; }

    /// <summary>Whether a forecaster's recurrent state goes on for as long as its series, beyond the context it was trained on.</summary>
    public bool CarriesState { get; }

    /// <summary>Values of a step: the channels of the data that the model reads.</summary>
    public int InputSize { get; }

    /// <summary>Values of the steps ahead that a step takes beside its own: horizon × known inputs; 0 where nothing is known ahead.</summary>
    public int FutureSize { get; }

    /// <summary>Values that a step gives: the length of the span that it fills.</summary>
    public int OutputSize { get; }

    /// <summary>The keys of all series that have had a step, in no order.</summary>
    public IReadOnlyCollection<string> Series => [.. _series.Keys];

    /// <summary>
    /// Whether a step of a series that was in training costs the same however long the context is; otherwise the context is run anew
    /// at each step.
    /// </summary>
    public bool IsConstantTime { get; }

    /// <summary>
    /// Steps, of all series, whose values lay outside of the range that the model's certificate assumes; 0 where it assumes none
    /// (<see cref="MemoryCertificate.AssumesInputRange"/>). Saved with the states; a series that is forgotten no longer counts.
    /// </summary>
    public long StepsOutsideRange => _series.Values.Sum(series => series.Outside);

    /// <summary>The next step of the series "": the session's only one where the model knows no keys.</summary>
    /// <inheritdoc cref="Step(string, ReadOnlySpan{float}, Span{float})"/>
    public void Step(ReadOnlySpan<float> values, Span<float> output) => Step("", values, output);

    /// <summary>The next step of the session's only series, in double.</summary>
    /// <inheritdoc cref="Step(string, ReadOnlySpan{double}, Span{double})"/>
    public void Step(ReadOnlySpan<double> values, Span<double> output) => Step("", values, output);

    /// <summary>The next step of a series, which begins with its first step.</summary>
    /// <param name="series">Its key; a forecaster scales by it, "" too where training had a series of that key.</param>
    /// <param name="values">
    /// [<see cref="InputSize"/>] in the data's units; a forecaster's channels with its targets first; of tokens their index, from 0:
    /// what is no token of the model is its unknown one.
    /// </param>
    /// <param name="output">[<see cref="OutputSize"/>], filled with what the model says of the series so far.</param>
    /// <exception cref="ArgumentException">
    /// A span has the wrong length, a value is missing where the model cannot do without, or it is no token and the model has no unknown one.
    /// </exception>
    public void Step(string series, ReadOnlySpan<float> values, Span<float> output)
    {
        Step(series, values, [], output);
    }

    /// <summary>The next step of a series, with what is known of the steps ahead.</summary>
    /// <inheritdoc cref="Step(string, ReadOnlySpan{float}, Span{float})"/>
    /// <param name="series">Its key.</param>
    /// <param name="values">[<see cref="InputSize"/>] in the data's units.</param>
    /// <param name="future">
    /// [horizon × known], the first step ahead first: the values of <see cref="Forecasting.KnownInputs"/>; where one is not finite, this step's
    /// forecast is NaN.
    /// </param>
    /// <param name="output">[<see cref="OutputSize"/>], filled.</param>
    public void Step(string series, ReadOnlySpan<float> values, ReadOnlySpan<float> future, Span<float> output)
    {
        SessionSeries state = Find(series, values, future.Length, output.Length);
        lock (state)
            state.Step(values, future, output);
    }

    /// <summary>
    /// The next step of a series, in double: values are centred before they become floats, so that a large level (a counter, a time)
    /// keeps the small differences around it.
    /// </summary>
    /// <inheritdoc cref="Step(string, ReadOnlySpan{float}, Span{float})"/>
    public void Step(string series, ReadOnlySpan<double> values, Span<double> output)
        => Step(series, values, [], output);

    /// <inheritdoc cref="Step(string, ReadOnlySpan{float}, ReadOnlySpan{float}, Span{float})"/>
    public void Step(string series, ReadOnlySpan<double> values, ReadOnlySpan<double> future, Span<double> output)
    {
        SessionSeries state = Find(series, values, future.Length, output.Length);
        lock (state)
            state.Step(values, future, output);
    }

    /// <summary>
    /// Whether the model's certificate holds of a series' last output: something is proved, and no step that the output follows
    /// from lay outside of the range that the proof assumes. These are the steps of the context where it is run anew at each step,
    /// and all steps of the series where its state is carried.
    /// </summary>
    /// <param name="series">The key of the series; "", the default: the session's only one.</param>
    /// <exception cref="ArgumentException">The session knows no such series.</exception>
    public bool CertificateHolds(string series = "")
    {
        ArgumentNullException.ThrowIfNull(series);
        if (!_series.TryGetValue(series, out SessionSeries? state))
            throw new ArgumentException($"The session knows no series '{series}'.", nameof(series));
        lock (state)
            return Model.Certificate.IsCertified && state.IsCovered;
    }

    /// <summary>Forgets a series; its next step is its first.</summary>
    /// <param name="series">The key of the series.</param>
    /// <returns>Whether it was known.</returns>
    public bool Forget(string series) => _series.TryRemove(series, out _);

    /// <summary>Writes the states of all series, first under a temporary name and then renamed, for a later process to go on from.</summary>
    /// <param name="path">The file, which is replaced if it is there.</param>
    /// <remarks>
    /// The file says which model it is of by what decides its numbers: weights, scaling, task and architecture. It is written as it is
    /// made, and may be of any size.
    /// </remarks>
    /// <exception cref="IOException">The file cannot be written; nothing is left half-written.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, stream => SessionFile.Write(stream, this, _series));
    }

    /// <summary>Goes on from the states in a file, which replace those of the session.</summary>
    /// <param name="path">What <see cref="Save"/> wrote of a session of the same model.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="FormatException">It holds no states, is damaged, or is of another model; the message says which.</exception>
    public void Restore(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
        {
            throw new FileNotFoundException(
                Directory.Exists(path)
                    ? $"'{path}' is a folder; expected a file of {nameof(SequenceSession)}.{nameof(Save)}."
                    : $"There is no file of states '{path}'.", path);
        }

        using FileStream file = File.OpenRead(path);
        // Read whole before anything changes.
        List<(string Key, SessionSeries Series)> read;
        try
        {
            read = SessionFile.Read(file, path, this, Begin);
            foreach ((string key, SessionSeries series) in read)
                series.MustBeSound(key);
        }
        catch (Exception damage) when (damage is IOException or OverflowException || damage is FormatException
            && !damage.Message.Contains(path, StringComparison.Ordinal))
        {
            throw new FormatException($"'{path}' is damaged: {damage.Message}", damage);
        }

        _series.Clear();
        foreach ((string key, SessionSeries series) in read)
            _series[key] = series;
    }

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
                    ? $"The model reads nothing that is known ahead; found {future} values."
                    : $"A step of the model reads {FutureSize} values of the steps ahead (KnownInputs), as Step(series, values, future, output) takes them; "
                        + $"found {future}.",
                nameof(future));
        }

        return _series.TryGetValue(series, out SessionSeries? state) ? state : _series.GetOrAdd(series, Begin);
    }

    // "" is a series of training where that had one, and otherwise none.
    private SessionSeries Begin(string series) => new(this, series.Length > 0 || Model.Scaling.BySeries.ContainsKey(series) ? series : null);
}
