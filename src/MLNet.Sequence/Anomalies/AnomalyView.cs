using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Onnx;

namespace MLNet.Sequence.Anomalies;

/// <summary>Rows with their forecasts, and whether each is an anomaly. Lazy: only the requested columns are read.</summary>
internal sealed class AnomalyView(IDataView scored, DataViewSchema schema, AnomalyTransformer detector) : AddingView(scored, schema)
{
    /// <summary>Alert, score and p-value.</summary>
    public const int Values = 3;

    protected override Func<OnnxRows> ToOnnx() => throw new NotSupportedException(
        "ml.Model.ConvertToOnnx cannot convert a chain with a detector of anomalies, which reads several rows: write its forecaster with "
            + "Forecaster.Model.SaveOnnx.");

    public override DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        bool[] active = Active(columnsNeeded);
        IEnumerable<DataViewSchema.Column> needed = active[^1] ? Residuals.Columns(Source.Schema, detector.Forecaster.Task) : [];
        return new Cursor(Read(active, needed), (Schema, active), detector);
    }

    private sealed class Cursor : AddingCursor
    {
        private readonly AnomalyTransformer _detector;
        private readonly Residuals? _residuals;
        private readonly double[] _present = new double[Values];

        public Cursor(DataViewRowCursor input, (DataViewSchema Schema, bool[] Active) outputs, AnomalyTransformer detector)
            : base(input, outputs, ahead: false)
        {
            _detector = detector;
            _residuals = outputs.Active[^1] ? new Residuals(input, detector.Forecaster) : null;
        }

        public override bool MoveNext()
        {
            bool moved = Input.MoveNext();
            if (moved && _residuals is not null)
                _detector.Judge(_residuals.Next(), _present);
            return moved;
        }

        protected override Delegate Added(int index)
        {
            ValueGetter<VBuffer<double>> getter = (ref VBuffer<double> value) =>
            {
                VBufferEditor<double> editor = VBufferEditor.Create(ref value, Values);
                _present.CopyTo(editor.Values);
                value = editor.Commit();
            };
            return getter;
        }
    }
}
