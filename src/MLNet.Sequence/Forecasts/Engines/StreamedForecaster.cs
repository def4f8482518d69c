using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Forecasts;

/// <summary>
/// A forecaster as a mapper of single rows, for ML.NET's engines: each row is the next step of its series. The states are in the session.
/// </summary>
internal sealed class StreamedForecaster : ITransformer
{
    private readonly ForecastingColumns _columns;
    private readonly ForecastingTransformer _forecaster;

    public StreamedForecaster(SequenceHost host, ForecastingTransformer forecaster, SequenceSession session)
    {
        (_columns, _forecaster, Session) = (new ForecastingColumns(host), forecaster, session);
        Future = new double[session.FutureSize];
        ForgetFuture();
    }

    public SequenceSession Session { get; }

    /// <summary>The known inputs of the steps after the next row, [horizon × known]; NaN: not known.</summary>
    public double[] Future { get; }

    /// <summary>Whether <see cref="Future"/> is that of rows ahead, with the calendar of their own times.</summary>
    public bool HasRowsAhead { get; set; }

    /// <summary>Whether someone reads the forecasts; nobody: no row would become a step.</summary>
    public bool IsRead { get; private set; }

    public bool IsRowToRowMapper => true;

    private Forecasting Task => _forecaster.Task;

    public void ForgetFuture()
    {
        HasRowsAhead = false;
        Future.AsSpan().Fill(double.NaN);
    }

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        _columns.Check(inputSchema, Task);
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(inputSchema);
        ForecastAnnotations.AddColumns(builder, _forecaster.Model);
        return builder.ToSchema();
    }

    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => new Mapper(this, inputSchema);

    public IDataView Transform(IDataView input) => throw new NotSupportedException("An engine reads rows one by one; Transform of the model reads views.");

    void ICanSaveModel.Save(ModelSaveContext ctx) => throw new NotSupportedException("An engine is not saved: save its model, and its states by CheckPoint.");

    private sealed class Mapper(StreamedForecaster forecaster, DataViewSchema input) : IRowToRowMapper
    {
        public DataViewSchema InputSchema => input;

        public DataViewSchema OutputSchema { get; } = forecaster.GetOutputSchema(input);

        public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
        {
            int[] wanted = [.. dependingColumns.Select(column => column.Index)];
            bool forecasts = wanted.Any(index => index >= input.Count);
            IEnumerable<int> read = forecasts ? SeriesReader.Columns(input, forecaster.Task).Select(column => column.Index) : [];
            return wanted.Where(index => index < input.Count).Concat(read).Distinct().Order().Select(index => input[index]);
        }

        public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns) =>
            new StreamedRow(input, OutputSchema, [.. activeColumns.Select(column => column.Index)], forecaster);
    }

    /// <summary>A row with its forecast, which is computed once for each position of the row.</summary>
    private sealed class StreamedRow(DataViewRow input, DataViewSchema schema, HashSet<int> active, StreamedForecaster forecaster) : DataViewRow
    {
        private readonly double[] _forecast = new double[forecaster.Session.OutputSize], _lower = Bounds(forecaster.Task), _upper = Bounds(forecaster.Task);
        private SeriesRow? _row;
        private long _stepped = -1;

        public override long Position => input.Position;

        public override long Batch => input.Batch;

        public override DataViewSchema Schema => schema;

        public override bool IsColumnActive(DataViewSchema.Column column) => active.Contains(column.Index);

        public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            if (!IsColumnActive(column))
                throw new ArgumentOutOfRangeException(nameof(column), $"The column '{column.Name}' is not active in this row.");
            if (column.Index < input.Schema.Count)
                return input.GetGetter<TValue>(input.Schema[column.Index]);
            _row ??= new SeriesRow(input, forecaster.Task)
            {
                Advice = () => "Give an engine the rows of a series in the order of their times, each once.",
                Knows = forecaster.Session.Knows,
                Earlier = forecaster.Session.LastTime,
            };
            forecaster.IsRead = true;
            ValueGetter<VBuffer<float>> getter = Getter((column.Index - input.Schema.Count) switch { 0 => _forecast, 1 => _lower, _ => _upper });
            return getter as ValueGetter<TValue>
                ?? throw new InvalidOperationException($"The column '{column.Name}' is read as {typeof(TValue)}; it is {column.Type.RawType}.");
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                input.Dispose();
            base.Dispose(disposing);
        }

        private static double[] Bounds(Forecasting task) => new double[task.Intervals is null ? 0 : task.Horizon * task.TargetChannels.Count];

        private ValueGetter<VBuffer<float>> Getter(double[] from) => (ref VBuffer<float> value) =>
        {
            if (_stepped != Position)
                Step();
            VBufferEditor<float> editor = VBufferEditor.Create(ref value, from.Length);
            for (int i = 0; i < from.Length; i++)
                editor.Values[i] = (float)from[i];
            value = editor.Commit();
        };

        private void Step()
        {
            _row!.Read();
            string key = _row.Key ?? "";
            forecaster.Session.Together(key, _row.Time, () =>
            {
                // Steps for which there are no rows.
                foreach (double[] missing in _row.MissingRows)
                    forecaster.Session.Step(key, missing, forecaster.Future, _forecast);
                if (!forecaster.HasRowsAhead)
                    forecaster.Task.FillCalendar(forecaster.Future, _row.Time);
                forecaster.Session.Step(key, _row.Values, forecaster.Future, _forecast);
                if (_lower.Length > 0)
                    forecaster.Session.Bounds(key, _lower, _upper);
            });
            _stepped = Position;
            if (!forecaster._forecaster.Model.Scaling.Knows(_row.Key))
                forecaster._forecaster.Warn([_row.Key], []);
        }
    }
}
