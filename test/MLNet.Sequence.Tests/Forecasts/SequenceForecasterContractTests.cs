using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Tests.Fitting;
using static MLNet.Sequence.Tests.Forecasts.TinyForecasting;

namespace MLNet.Sequence.Tests.Forecasts;

[TestClass]
public sealed class SequenceForecasterContractTests
{
    private readonly MLContext _ml = new(seed: 5);

    [TestMethod]
    public void Alone_it_delivers_the_promised_schema_and_survives_a_save()
    {
        foreach (Architecture architecture in new[] { TinyLstm, TinyTcn })
            EstimatorContract.Holds(_ml, _ml.Forecasting.Trainers.Sequence(architecture, Options), View(_ml, Steps(40)), "Forecast", "Actual");
    }

    [TestMethod]
    public void With_series_time_and_inputs_it_delivers_the_promised_schema_and_survives_a_save()
    {
        IDataView data = View(_ml, Interleaved(Steps(40), Steps(30, 2, "b")));
        ForecastingOptions options = SeriesOptions with { ForecastColumnName = "Next", ActualColumnName = "Came" };

        EstimatorContract.Holds(_ml, _ml.Forecasting.Trainers.Sequence(TinyLstm, options), data, "Next", "Came");
    }

    [TestMethod]
    public void In_a_chain_it_reads_the_columns_of_earlier_estimators_and_feeds_later_ones()
    {
        List<Step> steps = Steps(40);
        steps[20].Load = float.NaN;
        IEstimator<ITransformer> chain = _ml.Transforms.ReplaceMissingValues("Filled", "Load", MissingValueReplacingEstimator.ReplacementMode.Mean)
            .Append(_ml.Forecasting.Trainers.Sequence(TinyLstm, Options with { Targets = ["Filled"] }))
            .Append(_ml.Transforms.CopyColumns("Copy", "Forecast"))
            .Append(_ml.Transforms.Concatenate("Both", "Forecast", "Actual"));

        int[] values = EstimatorContract.Holds(_ml, chain, View(_ml, steps), "Forecast", "Copy", "Both");

        int size = steps.Count * Horizon;
        CollectionAssert.AreEqual(values[..size], values[size..(2 * size)]);
        Assert.HasCount(4 * size, values);
    }

    [TestMethod]
    public void A_column_that_already_has_the_forecasts_name_is_hidden_not_refused()
    {
        IDataView data = _ml.Transforms.CopyColumns("Forecast", "Price").Fit(View(_ml, Steps(40))).Transform(View(_ml, Steps(40)));

        EstimatorContract.Holds(_ml, _ml.Forecasting.Trainers.Sequence(TinyLstm, Options), data, "Forecast");
    }

    [TestMethod]
    public void The_forecasts_slots_are_named_by_target_and_step()
    {
        IDataView data = View(_ml, Steps(40));
        ForecastingOptions options = Options with { Targets = ["Load", "Price"] };

        DataViewSchema.Column column = _ml.Forecasting.Trainers.Sequence(TinyLstm, options).Fit(data).GetOutputSchema(data.Schema)["Forecast"];

        VBuffer<ReadOnlyMemory<char>> names = default;
        column.GetSlotNames(ref names);
        CollectionAssert.AreEqual(
            new[] { "Load+1", "Price+1", "Load+2", "Price+2", "Load+3", "Price+3" },
            names.DenseValues().Select(name => name.ToString()).ToArray());
        Assert.AreEqual("Vector<Single, 6>", column.Type.ToString());
    }

    [TestMethod]
    public void It_needs_neighbouring_rows_and_says_so()
    {
        using ForecastingTransformer model = Fit(Steps(40));

        Assert.IsFalse(model.IsRowToRowMapper);
        Exception error = Assert.Throws<InvalidOperationException>(() => model.GetRowToRowMapper(View(_ml, Steps(1)).Schema));
        StringAssert.Contains(error.Message, "several rows");
    }

    [TestMethod]
    public void The_short_form_is_the_long_form_with_defaults()
    {
        List<Step> steps = Steps(40);
        IDataView data = View(_ml, steps);

        using ForecastingTransformer model = _ml.Forecasting.Trainers.Sequence(TinyLstm, "Load", Context, Horizon).Fit(data);

        SchemaShape promised = _ml.Forecasting.Trainers.Sequence(TinyLstm, "Load", Context, Horizon).GetOutputSchema(SchemaShapes.Of(data.Schema));
        Assert.AreEqual("Vector<Single>", SchemaShapes.TypeOf(SchemaShapes.Find(promised, "Forecast")!.Value));
        Assert.AreEqual(Context, ((Forecasting)model.Model.Task).Context);
        Assert.AreEqual(new ForecastingOptions { Targets = [] }.UsedNormalization, ((Forecasting)model.Model.Task).Normalization);
    }
}
