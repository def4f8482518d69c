using Microsoft.ML;
using MLNet.Sequence.Fitting;
using MLNet.Sequence.Forecasts;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Training;

namespace MLNet.Sequence;

/// <summary>The columns to forecast and to read, and how the model is trained. A row of the data is a time step.</summary>
public sealed partial record ForecastingOptions
{
    /// <summary>The columns to forecast: Single, Double, integer or Boolean, or vectors of them of known size.</summary>
    public required IReadOnlyList<string> Targets { get; init => field = ValueList.Of(value); }

    /// <summary>Further columns of the same types that the model reads in its context. Default none.</summary>
    public IReadOnlyList<string> Inputs { get; init => field = ValueList.Of(value); } = ValueList.Create<string>();

    /// <summary>
    /// Further columns whose values are also known for the steps to forecast: a calendar, a price list, a planned promotion.
    /// Numbers, as in <see cref="Inputs"/>, or keys; the model learns a vector for each key. A forecast reads their values in its context
    /// and, from the next rows of the series, in each of the <see cref="Horizon"/> steps ahead. Rows after the last known target, whose
    /// target is missing (NaN), can supply these values. They keep their level: they are scaled over all series, and not normalised with a
    /// window. Not with <see cref="CarriesState"/>; a <see cref="Reference"/> does not read them. Default none.
    /// </summary>
    public IReadOnlyList<string> KnownInputs { get; init => field = ValueList.Of(value); } = ValueList.Create<string>();

    /// <summary>
    /// Columns that have one value in a series, such as a shop's size or its kind: numbers, or keys. The model learns a vector for each
    /// key; a key that was not in training is read as the mean of all. Every step of the context has them as inputs. Not with
    /// <see cref="CarriesState"/>; a <see cref="Reference"/> does not read them. Default none.
    /// </summary>
    public IReadOnlyList<string> StaticColumns { get; init => field = ValueList.Of(value); } = ValueList.Create<string>();

    /// <summary>The column (text, key or integer) that identifies the series; rows may interleave. Null, the default: one series.</summary>
    public string? SeriesColumnName { get; init; }

    /// <summary>
    /// A column (date, number or text) that must ascend within each series; if a row does not, an error shows its value. Null, the
    /// default: rows are steps in their given order, even if they are unsorted, newest first, or several series one after the other, with
    /// windows across the borders. Training can warn of this only if the data has exactly one column of dates.
    /// </summary>
    public string? TimeColumnName { get; init; }

    /// <summary>
    /// How the times in <see cref="TimeColumnName"/> follow each other. Null, the default: found from the training rows. The model keeps it,
    /// and rows that do not follow it are refused, with the first place, in training and in scoring. <see cref="Frequency.Irregular"/>: rows
    /// are steps, whatever time lies between them.
    /// </summary>
    public Frequency? Frequency { get; init; }

    /// <summary>
    /// How series with fewer rows than <see cref="Context"/> + <see cref="Horizon"/> are handled: refused, left out, or padded with missing steps
    /// before their first row, which needs <see cref="MissingValues"/> Mask, Interpolate or Forward. Not with <see cref="CarriesState"/>. Default
    /// <see cref="ShortSeries.Error"/>.
    /// </summary>
    public ShortSeries ShortSeries { get; init; }

    /// <summary>
    /// Whether rows are sorted by <see cref="TimeColumnName"/> within each series, in training and in scoring: the rows of <c>Transform</c> then come
    /// series by series in time order. Default false: rows that are not in time order are refused, with the first place.
    /// </summary>
    public bool Sort { get; init; }

    /// <summary>
    /// How several rows within a step of <see cref="Frequency"/>, which must be given, are combined to one, in training and in scoring: the rows of
    /// <c>Transform</c> are then the steps. Mean and Sum need columns of Single or Double. Default <see cref="Resampling.None"/>: rows of another
    /// frequency are refused.
    /// </summary>
    public Resampling Resample { get; init; }

    /// <summary>
    /// Inputs made from the times in <see cref="TimeColumnName"/>, known for the steps ahead without any rows: the time of day, the weekday, the
    /// day of the month or year, the month, and holidays. <see cref="CalendarInputs.Auto"/>: those that vary and repeat in the training rows.
    /// Not with <see cref="CarriesState"/>; a <see cref="Reference"/> does not read them. Null, the default: none.
    /// </summary>
    public CalendarInputs? Calendar { get; init; }

    /// <summary>
    /// How missing values (NaN) of targets and inputs, and steps for which there are no rows, are handled. Default
    /// <see cref="MissingValues.Error"/>: training and a gap in time are refused, and a forecast whose context has a missing value is NaN.
    /// Otherwise they are filled within each window from its own values, in training and scoring alike; a channel without any value in the
    /// window is its mean. Missing targets do not count in the loss, except with <see cref="MissingValues.Zero"/>, where they are 0. Only
    /// Error and Zero with <see cref="CarriesState"/>. A <see cref="Reference"/> reads <see cref="MissingValues.Mask"/> as Forward.
    /// </summary>
    public MissingValues MissingValues { get; init; }

    /// <summary>
    /// The number of steps that the model sees; at least 1, and at least 2 if windows are normalised. With <see cref="CarriesState"/> the
    /// steps up to and including the row of its first forecast. Null, the default: chosen from the training rows. It is 96, or the longest cycle of
    /// the frequency (a week for hours) if that is longer and the rows hold eight. With fewer than four times as many rows before the horizon it is
    /// four seasons, or as many as fit into two thirds of them; without a season, at most half of them. An Info line tells it.
    /// </summary>
    public int? Context { get; init; }

    /// <summary>
    /// Whether the model reads each series from its first row, not a window. Its recurrent state is carried to the end of the series, so
    /// that it may remember steps further back than <see cref="Context"/>. A forecast depends on all rows so far; the
    /// <see cref="Context"/>-th row has the first one. Needs an architecture whose only memory is a recurrent state (<see cref="Lstm"/>,
    /// <see cref="StableRnn"/>, …), and no <see cref="Normalization"/>, since a stream has no window. Default false.
    /// </summary>
    /// <remarks>
    /// Training is truncated back-propagation: series side by side, in chunks of <see cref="TrainingOptions.BackpropSteps"/> forecasts
    /// (null: <see cref="Context"/>, and at least 64). The state is carried from chunk to chunk. Each forecast has the same loss as in a
    /// window. The first chunk also has the steps of its first context. If there are fewer series than
    /// <see cref="TrainingOptions.BatchSize"/>, each is cut into parts of at least 16 contexts and 4 chunks, up to a full batch. A part
    /// starts with a zero state and makes its first forecast after a context, as a window does. Validation reads every series from its
    /// first row to its end and counts only the forecasts of its tail.
    /// </remarks>
    public bool CarriesState { get; init; }

    /// <summary>
    /// Whether the model is trained in a form whose session (<see cref="SequenceSession"/>) takes constant time for each step, equal to batch scoring:
    /// windows are not normalised (<see cref="Normalization"/> None); sizes of the architecture that are left open, such as <see cref="Tcn.Levels"/>, are
    /// chosen so that its receptive field fits into <see cref="Context"/>; a recurrent architecture has <see cref="CarriesState"/>. An Info line tells
    /// what was chosen. An architecture that cannot do so is refused, as are <see cref="Differencing"/> and <see cref="MissingValues"/> that are filled
    /// within a window. Series that drift are often forecast less well than with normalised windows. Default false.
    /// </summary>
    public bool Streaming { get; init; }

    /// <summary>The number of steps to forecast; at least 1. Default 24.</summary>
    public int Horizon { get; init; } = 24;

    /// <summary>The number of steps between training windows; at least 1. Default 1.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>
    /// How each window is brought to a common level and scale; forecasts are scaled back. Without it, recurrent models lose to
    /// naive forecasts on series that drift. A <see cref="Reference"/> always reads the series as it is, except
    /// <see cref="Ridge"/> if a normalisation is given (in comparisons only <see cref="WindowNormalization.LastValue"/>). Null, the default:
    /// comparisons choose one for each architecture by validation; else <see cref="WindowNormalization.MeanAndDeviation"/>, and None with
    /// <see cref="CarriesState"/>, <see cref="Streaming"/>, a
    /// <see cref="Context"/> of 1, a distribution as output, or <see cref="Differencing"/>.
    /// </summary>
    public WindowNormalization? Normalization { get; init; }

    /// <summary>
    /// How each series is scaled before the network sees it: by mean and standard deviation, median and quartiles, minimum and range, or the mean
    /// absolute value. What remains of level and scale within a window is removed by <see cref="Normalization"/>: without it, the kind matters
    /// most. Default <see cref="ScalingKind.Standard"/>.
    /// </summary>
    public ScalingKind Scaling { get; init; }

    /// <summary>
    /// Whether the targets are learned as differences: <see cref="Differencing.First"/> from step to step, <see cref="Differencing.Seasonal"/> from season
    /// to season, or both. Forecasts are added up from the last known values, so columns, metrics and errors stay those of the values;
    /// <see cref="Scaling"/> is fitted to the differences, and the loss of training is of them. The first differences of a window are not known and read as
    /// their mean: <see cref="Context"/> must be longer than them. Points only, with <see cref="MissingValues"/> Error or Zero and without
    /// <see cref="CarriesState"/>; a <see cref="Reference"/> reads the values, and comparisons of architectures refuse it. Null, the default: none.
    /// </summary>
    public Differencing? Differencing { get; init; }

    /// <summary>
    /// The output for each step: <see cref="ForecastOutput.Point"/>, the default, <see cref="ForecastOutput.Quantiles"/>, or a distribution such as
    /// <see cref="ForecastOutput.Gaussian"/>. With quantiles the column of forecasts has horizon × levels × targets values, the levels of a step together;
    /// with a distribution horizon × parameters × targets. A <see cref="Reference"/> outputs points.
    /// </summary>
    public ForecastOutput Output { get; init; } = ForecastOutput.Point;

    /// <summary>
    /// Prediction intervals, calibrated on the validation windows: two more columns, the lower and the upper bound of each step and target. With
    /// quantiles the two levels around the middle must be among them, as 0.05 and 0.95 for a confidence level of 0.9. Needs validation rows;
    /// comparisons of architectures leave intervals out. Null, the default: none.
    /// </summary>
    public ForecastIntervals? Intervals { get; init; }

    /// <summary>
    /// The loss in training and validation. Comparisons of architectures and measurements of memory always use squared
    /// errors. Default <see cref="RegressionLoss.Squared"/>.
    /// </summary>
    public RegressionLoss Loss { get; init; } = RegressionLoss.Squared;

    /// <summary>The name of the column of forecasts, Vector&lt;Single&gt; of horizon × targets, step by step. Default "Forecast".</summary>
    public string ForecastColumnName { get; init; } = "Forecast";

    /// <summary>The name of the column of actual values, in the same form. Default "Actual".</summary>
    public string ActualColumnName { get; init; } = "Actual";

    /// <summary>
    /// Validation rows as the data is before the chain, whose transforms are applied to them as they were fitted on the training rows. Rows that
    /// have passed through the same transforms by hand are left as they are; after a cache checkpoint this is needed. Each series
    /// starts with its <see cref="Context"/> rows of history. Null, the default: the tail of the training rows, by
    /// <see cref="TrainingOptions.ValidationFraction"/>.
    /// </summary>
    public IDataView? ValidationSet { get; init; }

    /// <summary>
    /// The number of last steps of each series that validate and are not trained on; at least <see cref="Horizon"/>. Null, the default: the tail
    /// by <see cref="TrainingOptions.ValidationFraction"/>. Not with a <see cref="ValidationSet"/>.
    /// </summary>
    public int? ValidationSteps { get; init; }

    /// <summary>How the network is trained. Default: <see cref="TrainingOptions"/> with its own defaults.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <summary>
    /// Rolling validation: the number of validation tails that are cut off the rows before training and validation.
    /// </summary>
    internal int RolledBack { get; init; }

    /// <summary><see cref="Context"/>, or what long series have.</summary>
    internal int UsedContext => Context ?? ContextChoice.Usual;

    /// <summary>The normalisation of a model that is trained outside a comparison.</summary>
    internal WindowNormalization UsedNormalization =>
        Normalization ?? (CarriesState || Streaming || Context == 1 || Output.Distribution is not null || Differencing is not null
            ? WindowNormalization.None : WindowNormalization.MeanAndDeviation);

    /// <summary>These options with the normalisation that the architecture uses if this one is requested.</summary>
    internal ForecastingOptions For(Architecture architecture) => architecture is Reference reference
        ? this with
        {
            Normalization = reference.Normalization(Normalization),
            KnownInputs = [],
            StaticColumns = [],
            Calendar = null,
            Output = ForecastOutput.Point,
            Differencing = null,
            MissingValues = MissingValues == MissingValues.Mask ? MissingValues.Forward : MissingValues
        }
        : this with
        {
            Normalization = UsedNormalization,
            CarriesState = CarriesState || Streaming && StreamingForm.Carries(architecture, UsedContext),
        };
}
