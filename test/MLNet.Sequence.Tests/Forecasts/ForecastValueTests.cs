using Microsoft.ML;
using MLNet.Sequence.Tests.Rows;
using static MLNet.Sequence.Tests.Forecasts.TinyForecasting;

namespace MLNet.Sequence.Tests.Forecasts;

[TestClass]
public sealed class ForecastValueTests
{
    private readonly MLContext _ml = new(seed: 5);

    [TestMethod]
    [DataRow(WindowNormalization.None)]
    [DataRow(WindowNormalization.LastValue)]
    [DataRow(WindowNormalization.MeanAndDeviation)]
    public void Forecasts_are_those_of_the_equations_in_the_datas_own_units(WindowNormalization normalization)
    {
        List<Step> first = Steps(60), second = Steps(50, 2, "b");
        using ForecastingTransformer model = Fit(Interleaved(first, second), SeriesOptions with { Normalization = normalization });
        List<Step> stranger = Steps(30, 4, "c");

        foreach (List<Step> steps in new[] { first, second, stranger })
            AssertByHand(model, steps, steps[0].Series);
    }

    [TestMethod]
    [DataRow(WindowNormalization.LastValue)]
    [DataRow(WindowNormalization.MeanAndDeviation)]
    public void Several_targets_are_ordered_step_by_step_each_in_its_own_unit(WindowNormalization normalization)
    {
        List<Step> steps = Steps(60);
        using ForecastingTransformer model = Fit(steps, Options with { Targets = ["Load", "Price"], Normalization = normalization });

        AssertByHand(model, steps, series: null);
    }

    [TestMethod]
    public void A_series_scales_by_the_rows_that_it_was_trained_on()
    {
        List<Step> steps = Steps(60);
        using ForecastingTransformer model = Fit(steps, Options with { Training = BriefTraining with { ValidationFraction = 0.25 } });
        double[] head = [.. steps.Take(45).Select(step => (double)step.Load)];
        double mean = head.Average(), deviation = Math.Sqrt(head.Average(value => (value - mean) * (value - mean)));

        Assert.AreEqual(mean, model.Model.Scaling.Pooled.Mean[0], 1e-5 * mean);
        Assert.AreEqual(deviation, model.Model.Scaling.Pooled.Deviation[0], 1e-5 * deviation);
    }

    [TestMethod]
    public void Interleaved_series_forecast_as_they_do_alone()
    {
        List<Step> first = Steps(300), second = Steps(200, 2, "b");
        List<Step> mixed = Interleaved(first, second);
        foreach (Architecture architecture in new[] { TinyLstm, TinyTcn })
        {
            using ForecastingTransformer model = Fit(mixed, SeriesOptions, architecture);
            IDataView together = model.Transform(View(_ml, mixed));
            float[][] forecasts = Column(together), actuals = Column(together, "Actual");
            foreach (List<Step> series in new[] { first, second })
            {
                int[] rows = [.. Enumerable.Range(0, mixed.Count).Where(row => mixed[row].Series == series[0].Series)];
                IDataView alone = model.Transform(View(_ml, series));
                AssertNear(Column(alone), [.. rows.Select(row => forecasts[row])], 1e-5);
                CollectionAssert.AreEqual(Bits(Column(alone, "Actual")), Bits(rows.Select(row => actuals[row])));
            }
        }
    }

    [TestMethod]
    public void A_missing_value_leaves_out_the_rows_whose_context_it_is_in_and_no_others()
    {
        List<Step> steps = Steps(60);
        foreach (Architecture architecture in new[] { TinyLstm, TinyTcn, new Tcn { Channels = 4, KernelSize = 2, Levels = 1 } })
        {
            using ForecastingTransformer model = Fit(steps, Options with { Inputs = ["Price"] }, architecture);
            float[][] whole = Column(model.Transform(View(_ml, steps)));
            foreach (float value in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
            {
                List<Step> holed = Steps(60);
                holed[25].Price = value;
                float[][] found = Column(model.Transform(View(_ml, holed)));

                float[][] expected = [.. whole.Select((row, i) => i is >= 25 and < 25 + Context ? [float.NaN, float.NaN, float.NaN] : row)];
                AssertNear(expected, found, 1e-5);
            }
        }
    }

    [TestMethod]
    public void Later_rows_do_not_change_earlier_forecasts()
    {
        List<Step> steps = Steps(60);
        using ForecastingTransformer model = Fit(steps);
        float[][] whole = Column(model.Transform(View(_ml, steps)));

        for (int count = 1; count < 60; count += 7)
            AssertNear(whole[..count], Column(model.Transform(View(_ml, steps.Take(count)))), 1e-5);
    }

    [TestMethod]
    public void A_view_without_rows_has_no_forecasts()
    {
        using ForecastingTransformer model = Fit(Steps(40));

        Assert.IsEmpty(Column(model.Transform(View(_ml, []))));
    }

    private void AssertByHand(ForecastingTransformer model, List<Step> steps, string? series)
    {
        float[][] found = Column(model.Transform(View(_ml, steps)));
        var hand = new LstmByHand(model.Model);
        ValueList<double> deviation = model.Model.Scaling[series].Deviation;
        int targets = ((Forecasting)model.Model.Task).TargetChannels.Count;
        float[][] rows = [.. steps.Select(step => new[] { step.Load, step.Price }[..model.Model.Task.InputSize])];
        for (int row = Context - 1; row < rows.Length; row++)
        {
            double[] expected = hand.Forecast(rows[(row + 1 - Context)..(row + 1)], series);
            for (int i = 0; i < expected.Length; i++)
                Assert.AreEqual(expected[i], found[row][i], 1e-4 * deviation[i % targets], $"series {series}, row {row}, value {i}");
        }
    }
}
