using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Managed;
using MLNet.Sequence.Tests.Fitting;
using MLNet.Sequence.Tests.Forecasts;
using MLNet.Sequence.Tests.Rows;

namespace MLNet.Sequence.Tests.Training.References;

/// <summary>Compares a linear model on summary statistics with ML.NET's trainers on the same statistics, and its backends with each
/// other.</summary>
[TestClass]
public sealed class StatisticsHeadTests
{
    private static readonly SequenceOptions Whole = new() { Training = new TrainingOptions { ValidationFraction = 0, Seed = 1 } };

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void Numbers_are_those_of_least_squares_on_the_statistics()
    {
        LabelledSequence[] rows = Rows(120, 1);
        SequenceModel model = Number(rows, Whole, new LinearOnStatistics { Penalty = 0 });
        double[][] inputs = [.. rows.Select(row => (double[])[1, .. Statistics(row, model).Features.Select(value => (double)value)])];
        double[] map = LeastSquaresTests.Solve(inputs, [.. rows.Select(row => (double)row.Number)]);
        double[] expected = [.. inputs.Select(row => row.Zip(map, (input, weight) => input * weight).Sum())];
        Close.AssertEqual(expected, [.. rows.Select(row => model.Predict(Doubles(row))[0])], 1e-3, "numbers");
    }

    [TestMethod]
    public void Classes_have_the_probabilities_of_the_trainer_with_the_same_penalty()
    {
        LabelledSequence[] rows = Rows(120, 2);
        const double Penalty = 0.05;
        SequenceModel model = Class(rows, Whole, new LinearOnStatistics { Penalty = Penalty });
        Row[] statistics = [.. rows.Select(row => Statistics(row, model))];
        IDataView view = _ml.Transforms.NormalizeMeanVariance("Features", fixZero: false).Append(_ml.Transforms.Conversion.MapValueToKey("Label", "Class"))
            .Fit(View(statistics)).Transform(View(statistics));
        // Its penalty is on the sum of losses over all rows.
        var options = new LbfgsMaximumEntropyMulticlassTrainer.Options
        {
            L1Regularization = 0,
            L2Regularization = (float)(Penalty * rows.Length),
            NumberOfThreads = 1,
            OptimizationTolerance = 1e-9f,
        };
        float[][] expected = [.. _ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(options).Fit(view).Transform(view).GetColumn<float[]>("Score")];
        for (int row = 0; row < rows.Length; row++)
        {
            double[] said = model.Predict(Doubles(rows[row]));
            for (int one = 0; one < said.Length; one++)
                Assert.AreEqual(expected[row][one], said[one], 0.01, $"row {row}, class {one}");
        }
    }

    [TestMethod]
    public void Yes_or_no_is_one_class_against_the_other()
    {
        LabelledSequence[] rows = Rows(100, 3);
        SequenceModel two = Yes(rows, Whole, new LinearOnStatistics { Penalty = 0.05 });
        foreach (LabelledSequence row in rows)
            row.Label = row.Yes ? "yes" : "no";
        SequenceModel classes = Class(rows, Whole, new LinearOnStatistics { Penalty = 0.1 });
        int yes = ((SequenceClassification)classes.Task).ClassValues!.ToList().IndexOf("yes");
        // Two logits w and −w have the difference 2 w, and the penalty is on half of it for each: λ / 2 · 2 w² = λ / 4 (2 w)².
        foreach (LabelledSequence row in rows)
            Assert.AreEqual(classes.Predict(Doubles(row))[yes], two.Predict(Doubles(row))[0], 1e-4);
    }

    [TestMethod]
    public void The_penalty_is_that_of_the_least_validation_loss()
    {
        LabelledSequence[] rows = Rows(60, 4);
        SequenceOptions options = Whole with { Training = Whole.Training with { ValidationFraction = 0.4 } };
        double Loss(LinearOnStatistics linear) => Class(rows, options, linear).Report.Epochs[0].ValidationLoss!.Value;
        double[] losses = [.. new[] { 1, 0.1, 0.01, 1e-3, 1e-4, 1e-5 }.Select(penalty => Loss(new LinearOnStatistics { Penalty = penalty }))];
        Assert.AreEqual(losses.Min(), Loss(new LinearOnStatistics()), 1e-3);
    }

    [TestMethod]
    public void Statistics_are_of_the_whole_row_for_every_pooling()
    {
        LabelledSequence[] rows = Rows(40, 6);
        double[][] Outputs(PoolingKind pooling)
        {
            SequenceModel model = Class(rows, Whole with { Pooling = pooling }, new LinearOnStatistics());
            Assert.AreEqual(PoolingKind.LastStep, ((SequenceClassification)model.Task).Pooling);
            return [.. rows.Select(row => model.Predict(Doubles(row)))];
        }

        foreach ((double[] one, double[] other) in Outputs(PoolingKind.LastStep).Zip(Outputs(PoolingKind.Attention)))
            CollectionAssert.AreEqual(one, other);
    }

    [TestMethod]
    public void It_comes_back_from_files_with_the_same_outputs()
    {
        LabelledSequence[] rows = Rows(40, 7);
        IDataView view = LabelledSequence.View(_ml, rows);
        view = _ml.Transforms.Conversion.MapValueToKey("Label").Fit(view).Transform(view);
        EstimatorContract.Holds(_ml, _ml.MulticlassClassification.Trainers.Sequence(new LinearOnStatistics(), Whole), view, "Score");
        foreach (SequenceModel model in new[] { Yes(rows, Whole, new LinearOnStatistics()), Number(rows, Whole, new LinearOnStatistics()) })
        {
            using var file = new MemoryStream();
            model.Save(file);
            file.Position = 0;
            var loaded = SequenceModel.Load(file);
            Assert.AreEqual(model.Architecture, loaded.Architecture);
            foreach (LabelledSequence row in rows)
                CollectionAssert.AreEqual(model.Predict(Doubles(row)), loaded.Predict(Doubles(row)));
        }
    }

    [TestMethod]
    public void Weights_of_rows_count()
    {
        LabelledSequence[] rows = Rows(60, 5);
        foreach (LabelledSequence row in rows)
            row.Weight = row.Yes ? 3 : 1;
        SequenceModel weighed = Yes(rows, Whole with { ExampleWeightColumnName = "Weight" }, new LinearOnStatistics { Penalty = 0.05 });
        LabelledSequence[] repeated = [.. rows.SelectMany(row => Enumerable.Repeat(row, (int)row.Weight))];
        SequenceModel counted = Yes(repeated, Whole, new LinearOnStatistics { Penalty = 0.05 });
        foreach (LabelledSequence row in rows)
            Assert.AreEqual(counted.Predict(Doubles(row))[0], weighed.Predict(Doubles(row))[0], 0.02);
    }

    [TestMethod]
    public void What_it_cannot_do_is_refused()
    {
        var linear = new LinearOnStatistics();
        (Action Makes, string Message)[] wrong =
        [
            (() => _ml.Forecasting.Trainers.Sequence(linear, TinyForecasting.Options), "LinearOnStatistics cannot forecast"),
            (() => _ml.MulticlassClassification.Trainers.Sequence(linear, Whole with { Tokens = new TokenOptions() }), "LinearOnStatistics reads numbers"),
            (() => _ml.MulticlassClassification.Trainers.SequenceTagger(linear), "LinearOnStatistics cannot predict a class or a tag"),
            (() => _ml.Sequence.Trainers.NextStep(linear, new NextStepOptions { Kind = StepKind.Real }), "LinearOnStatistics cannot predict a next step"),
        ];
        foreach ((Action makes, string says) in wrong)
            StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(makes).Message, says);
    }

    private SequenceModel Number(LabelledSequence[] rows, SequenceOptions options, Architecture architecture) =>
        _ml.Regression.Trainers.Sequence(architecture, options with { LabelColumnName = "Number" }).Fit(LabelledSequence.View(_ml, rows)).Model;

    private SequenceModel Yes(LabelledSequence[] rows, SequenceOptions options, Architecture architecture) =>
        _ml.BinaryClassification.Trainers.Sequence(architecture, options with { LabelColumnName = "Yes" }).Fit(LabelledSequence.View(_ml, rows)).Model;

    private SequenceModel Class(LabelledSequence[] rows, SequenceOptions options, Architecture architecture)
    {
        IDataView view = LabelledSequence.View(_ml, rows);
        view = _ml.Transforms.Conversion.MapValueToKey("Label").Fit(view).Transform(view);
        return _ml.MulticlassClassification.Trainers.Sequence(architecture, options).Fit(view).Model;
    }

    // The statistics of the network's input, computed by the plain layer.
    private static Row Statistics(LabelledSequence row, SequenceModel model)
    {
        var standardized = new float[row.Features.Length];
        model.Scaling.Pooled.Apply(Doubles(row), standardized);
        float[] all = new ManagedNetwork(new RunningStatistics(), 1, new Weights()).Run(standardized);
        return new Row { Features = all[^8..], Class = row.Label, Label = row.Number };
    }

    private static LabelledSequence[] Rows(int count, int seed)
    {
        LabelledSequence[] rows = LabelledSequence.Make(count, seed);
        var random = new RandomStream(seed);
        foreach (LabelledSequence row in rows)
        {
            for (int i = 0; i < row.Features.Length; i++)
                row.Features[i] += (float)random.NextNormal();
            row.Number = row.Features.Max() + 0.2f * row.Features.Length + (float)random.NextNormal();
        }

        double middle = rows.Select(row => row.Features.Average()).Order().ElementAt(count / 2);
        foreach (LabelledSequence row in rows)
            row.Yes = row.Features.Average() + 0.2 * random.NextNormal() > middle;
        return rows;
    }

    private static double[] Doubles(LabelledSequence row) => Array.ConvertAll(row.Features, value => (double)value);

    private IDataView View(Row[] rows) => _ml.Data.LoadFromEnumerable(rows);

    private sealed class Row
    {
        [VectorType(8)]
        public float[] Features { get; set; } = [];

        public string Class { get; set; } = "";

        public float Label { get; set; }
    }
}
