using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Tests.Fitting;
using MLNet.Sequence.Tests.Forecasts;
using MLNet.Sequence.Tests.Rows;
using static MLNet.Sequence.Tests.Forecasts.TinyForecasting;

namespace MLNet.Sequence.Tests.SlidingWindows;

[TestClass]
public sealed class BadSlidingWindowTests
{
    private readonly MLContext _ml = new();

    [TestMethod]
    public void All_wrong_options_are_in_one_message()
    {
        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => _ml.Transforms.SlidingWindow(new SlidingWindowOptions
        {
            Columns = ["Load", "Load", ""],
            Context = 0,
            Stride = 0,
            Horizon = -1,
            WindowColumnName = "Label",
        }));

        foreach (string part in new[] { "'Load' is named 2 times", "A name in Columns is empty", "Context must be at least 1; found 0",
            "Stride must be at least 1", "Horizon must be 0 or more; found -1", "must be two names; found 'Label' and 'Label'" })
            StringAssert.Contains(error.Message, part);
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(
            () => _ml.Transforms.SlidingWindow(new SlidingWindowOptions { Columns = [] })).Message, "at least one column");
    }

    [TestMethod]
    public void A_missing_column_or_a_wrong_type_is_refused_by_promise_and_fit()
    {
        var good = new SlidingWindowOptions { Columns = ["Load"] };
        IDataView data = View(_ml, Steps(3));

        EstimatorContract.Refuses(_ml.Transforms.SlidingWindow("Lode"), data, "Could not find window column 'Lode'", "'Load'");
        EstimatorContract.Refuses(_ml.Transforms.SlidingWindow("Time"), data, "Schema mismatch for window column 'Time'",
            "expected Single, Double", "DateTime");
        EstimatorContract.Refuses(_ml.Transforms.SlidingWindow(good with { LabelColumnName = "Series" }), data,
            "Schema mismatch for label column 'Series'", "String");
        EstimatorContract.Refuses(_ml.Transforms.SlidingWindow(good with { SeriesColumnName = "Load" }), data, "Schema mismatch for series column 'Load'",
            "text, a key or an integer");
        EstimatorContract.Refuses(_ml.Transforms.SlidingWindow(good with { TimeColumnName = "Clock" }), data, "Could not find time column 'Clock'");
    }

    [TestMethod]
    public void Other_columns_than_those_it_was_fitted_to_are_refused_before_a_cursor()
    {
        IDataView scalar = View(_ml, Steps(3));
        IDataView vector = _ml.Transforms.Concatenate("Load", "Load", "Price").Fit(scalar).Transform(scalar);
        SlidingWindowTransformer fitted = _ml.Transforms.SlidingWindow("Load").Fit(scalar);

        Exception error = Assert.Throws<ArgumentOutOfRangeException>(() => fitted.Transform(vector));
        StringAssert.Contains(error.Message, "window column 'Load': expected 1 values per row, as when it was fitted, got 2");
    }

    [TestMethod]
    public void Time_that_does_not_ascend_is_refused_with_its_row()
    {
        List<Step> rows = Steps(9);
        (rows[5], rows[6]) = (rows[6], rows[5]);
        IDataView view = _ml.Transforms.SlidingWindow(
            new SlidingWindowOptions { Columns = ["Load"], Context = 2, TimeColumnName = "Time", SeriesColumnName = "Series" })
            .Fit(View(_ml, rows)).Transform(View(_ml, rows));

        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => view.GetColumn<float[]>("Features").ToArray());
        StringAssert.Contains(error.Message, "must ascend within a series: in row 7 (series 'a')");
    }

    [TestMethod]
    public void A_prediction_engine_is_refused_with_what_to_do()
    {
        SlidingWindowTransformer fitted = _ml.Transforms.SlidingWindow("Load").Fit(View(_ml, Steps(3)));

        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => fitted.GetRowToRowMapper(View(_ml, Steps(3)).Schema));
        StringAssert.Contains(error.Message, "cannot map single rows");
        Assert.Throws<Exception>(() => _ml.Model.CreatePredictionEngine<Step, NumberPrediction>(fitted));
    }
}
