using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLNet.Sequence.Tests.Forecasts;
using MLNet.Sequence.Tests.NextSteps;
using MLNet.Sequence.Tests.Rows;
using static MLNet.Sequence.Tests.Forecasts.TinyForecasting;

namespace MLNet.Sequence.Tests.Fitting;

/// <summary>A validation set goes through the transforms before the trainer; rows that still do not fit are refused or cause a warning.</summary>
[TestClass]
public sealed class ValidationSetTests
{
    private static readonly TrainingOptions Brief = new() { Epochs = 1, Seed = 1 };

    private readonly MLContext _ml = new(seed: 1);
    private readonly List<string> _warnings = [];

    public ValidationSetTests() => _ml.Log += (_, line) => _warnings.AddRange(line.Kind == ChannelMessageKind.Warning ? [line.Message] : []);

    [TestMethod]
    public void It_goes_through_the_transforms_that_were_fitted_on_the_training_rows()
    {
        IDataView train = View(_ml, Steps(60)), validation = View(_ml, Steps(40, seed: 2));
        var normalize = _ml.Transforms.NormalizeMinMax("Load").Append(_ml.Transforms.Expression("Load", "(x) => 2 * x", "Load"));
        var fitted = normalize.Fit(train);
        double?[] Losses(IDataView given, bool byHand)
        {
            var trainer = _ml.Forecasting.Trainers.Sequence(TinyLstm, Options with { ValidationSet = given });
            using var model = byHand ? trainer.Fit(fitted.Transform(train)) : normalize.Append(trainer).Fit(train).LastTransformer;
            return [.. model.Model.Report.Epochs.Select(epoch => epoch.ValidationLoss)];
        }

        double?[] expected = Losses(fitted.Transform(validation), byHand: true);

        CollectionAssert.AreEqual(expected, Losses(validation, byHand: false));
        CollectionAssert.AreEqual(expected, Losses(fitted.Transform(validation), byHand: false), "Rows that were transformed by hand stay as they are.");
    }

    [TestMethod]
    public void A_filter_of_the_training_rows_is_not_applied_to_it()
    {
        IDataView rows = View(_ml, Steps(100));
        var chain = _ml.Transforms.NormalizeMinMax("Load").Append(_ml.Forecasting.Trainers.Sequence(TinyLstm,
            Options with { ValidationSet = _ml.Data.SkipRows(rows, 60 - Context), Normalization = WindowNormalization.None }));

        using var model = chain.Fit(_ml.Data.TakeRows(rows, 60)).LastTransformer;
        TrainingReport report = model.Model.Report;

        Assert.IsTrue(report.Epochs[^1].ValidationLoss < 10 * report.Epochs[^1].Loss);
        Assert.IsEmpty(Foreign());
    }

    [TestMethod]
    public void A_large_level_that_the_chain_normalises_gives_a_validation_loss_of_the_order_of_training()
    {
        Step[] steps = [.. Enumerable.Range(0, 600).Select(
            i => new Step { Time = new DateTime(2024, 1, 1).AddHours(i), Load = 1000 * (MathF.Sin(i / 4f) + 2) })];
        var options = new ForecastingOptions
        {
            Targets = ["Load"],
            TimeColumnName = "Time",
            Context = 24,
            Horizon = 6,
            ValidationSet = View(_ml, steps[376..]),
            Normalization = WindowNormalization.None,
            Training = new() { Epochs = 10, Patience = 3 },
        };

        using var model = _ml.Transforms.NormalizeMinMax("Load").Append(_ml.Forecasting.Trainers.Sequence(new Linear(), options))
            .Fit(View(_ml, steps[..400])).LastTransformer;
        EpochReport last = model.Model.Report.Epochs[^1];

        Assert.IsTrue(last.ValidationLoss < 3 * last.Loss, $"{last.ValidationLoss} and {last.Loss}");
        Assert.AreEqual(10, model.Model.Report.BestEpoch);
    }

    [TestMethod]
    public void Labels_are_mapped_and_next_steps_normalised_like_those_of_the_training_rows()
    {
        IDataView train = LabelledSequence.View(_ml, LabelledSequence.Make(30)), validation = LabelledSequence.View(_ml, LabelledSequence.Make(12, seed: 2));
        var map = _ml.Transforms.Conversion.MapValueToKey("Label");
        double? Loss(IDataView given) => map.Append(_ml.MulticlassClassification.Trainers.Sequence(new Gru { HiddenSize = 2 },
            new SequenceOptions { Training = Brief, ValidationSet = given })).Fit(train).LastTransformer.Model.Report.Epochs[0].ValidationLoss;

        Assert.AreEqual(Loss(map.Fit(train).Transform(validation)), Loss(validation));
        Assert.IsNotNull(Loss(validation));
    }

    [TestMethod]
    public void An_unmapped_label_after_a_cache_is_named_as_such()
    {
        IDataView train = LabelledSequence.View(_ml, LabelledSequence.Make(30)), validation = LabelledSequence.View(_ml, LabelledSequence.Make(12, seed: 2));
        var options = new SequenceOptions { Training = Brief, ValidationSet = validation };

        Exception refused = Assert.Throws<ArgumentOutOfRangeException>(() =>
            _ml.Transforms.Conversion.MapValueToKey("Label").AppendCacheCheckpoint(_ml)
                .Append(_ml.MulticlassClassification.Trainers.Sequence(new Gru { HiddenSize = 2 }, options)).Fit(train));

        StringAssert.Contains(refused.Message, "validation set's label column 'Label'");
        StringAssert.Contains(refused.Message, "Transform(validation)");
    }

    [TestMethod]
    public void So_is_a_column_that_it_lacks_or_has_in_another_type()
    {
        IDataView steps = StepSequence.View(_ml, StepSequence.Waves(12)), series = View(_ml, Steps(60));
        IDataView bare = _ml.Transforms.DropColumns("Features").Fit(steps).Transform(steps),
            text = _ml.Transforms.Conversion.ConvertType("Load", outputKind: Microsoft.ML.Data.DataKind.String).Fit(series).Transform(series);

        Exception missing = Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Sequence.Trainers.NextStep(
            new Gru { HiddenSize = 2 }, new NextStepOptions { Kind = StepKind.Real, Features = 2, Training = Brief, ValidationSet = bare }).Fit(steps));
        Exception wrong = Assert.Throws<ArgumentOutOfRangeException>(
            () => _ml.Forecasting.Trainers.Sequence(TinyLstm, Options with { ValidationSet = text }).Fit(series));

        StringAssert.Contains(missing.Message, "Could not find the validation set's sequence column 'Features'");
        StringAssert.Contains(wrong.Message, "validation set's target column 'Load'");
    }

    [TestMethod]
    public void Series_of_another_range_cause_a_warning()
    {
        IDataView train = View(_ml, Steps(60)), validation = View(_ml, Steps(40));
        void Fit(IDataView given) => _ml.Forecasting.Trainers.Sequence(TinyLstm, Options with { ValidationSet = given }).Fit(train).Dispose();

        Fit(validation);
        Assert.IsEmpty(Foreign());
        Fit(View(_ml, Steps(40).Select(step => new Step { Time = step.Time, Load = 100 * step.Load })));

        StringAssert.Contains(Foreign().Single(), "'Load' has the mean");
    }

    [TestMethod]
    public void So_are_features_and_labels_of_rows()
    {
        LabelledSequence[] rows = LabelledSequence.Make(30), other = LabelledSequence.Make(12, seed: 2);
        void Fit(Func<LabelledSequence, LabelledSequence> change) => _ml.Regression.Trainers.Sequence(
            new Gru { HiddenSize = 2 },
                new SequenceOptions { LabelColumnName = "Number", Training = Brief, ValidationSet = LabelledSequence.View(_ml, other.Select(change)) })
            .Fit(LabelledSequence.View(_ml, rows)).Dispose();

        Fit(row => row);
        Assert.IsEmpty(Foreign());
        Fit(row => new LabelledSequence { Number = row.Number, Features = [.. row.Features.Select(value => 1000 * value)] });
        StringAssert.Contains(Foreign().Single(), "'Features' has the mean");
        _warnings.Clear();
        Fit(row => new LabelledSequence { Number = 1000 * row.Number, Features = row.Features });
        StringAssert.Contains(Foreign().Single(), "'Number' has the mean");
    }

    [TestMethod]
    public void Next_steps_too()
    {
        StepSequence[] far = [.. StepSequence.Waves(12).Select(row => new StepSequence { Features = [.. row.Features.Select(value => value / 1000 - 50)] })];

        _ml.Sequence.Trainers.NextStep(new Gru { HiddenSize = 2 },
            new NextStepOptions { Kind = StepKind.Real, Features = 2, Training = Brief, ValidationSet = StepSequence.View(_ml, far) })
            .Fit(StepSequence.View(_ml, StepSequence.Waves(20))).Dispose();

        StringAssert.Contains(Foreign().Single(), "'Features' (channel 1 of 2)");
    }

    private string[] Foreign() => [.. _warnings.Where(warning => warning.Contains("not in the range of the training rows"))];
}
