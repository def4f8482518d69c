using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLNet.Sequence.Tests.NextSteps;
using MLNet.Sequence.Tests.Rows;
using static MLNet.Sequence.Tests.Forecasts.TinyForecasting;

namespace MLNet.Sequence.Tests.Fitting;

/// <summary>A validation set bypasses the chain: a warning appears if it did not go through the transforms before the trainer.</summary>
[TestClass]
public sealed class ValidationSetTests
{
    private static readonly TrainingOptions Brief = new() { Epochs = 1, Seed = 1 };

    private readonly MLContext _ml = new(seed: 1);
    private readonly List<string> _warnings = [];

    public ValidationSetTests() => _ml.Log += (_, line) => _warnings.AddRange(line.Kind == ChannelMessageKind.Warning ? [line.Message] : []);

    [TestMethod]
    public void An_unmapped_label_of_the_validation_set_is_named_as_such()
    {
        IDataView train = LabelledSequence.View(_ml, LabelledSequence.Make(30)), validation = LabelledSequence.View(_ml, LabelledSequence.Make(12, seed: 2));
        var options = new SequenceOptions { Training = Brief, ValidationSet = validation };

        Exception refused = Assert.Throws<ArgumentOutOfRangeException>(() =>
            _ml.Transforms.Conversion.MapValueToKey("Label")
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
    public void Series_that_were_not_normalised_with_the_training_rows_cause_a_warning()
    {
        IDataView train = View(_ml, Steps(60)), validation = View(_ml, Steps(40));
        var normalize = _ml.Transforms.NormalizeMeanVariance("Load").Fit(train);
        ForecastingTransformer Fit(IDataView given) =>
            _ml.Forecasting.Trainers.Sequence(TinyLstm, Options with { ValidationSet = given }).Fit(normalize.Transform(train));

        Fit(normalize.Transform(validation)).Dispose();
        Assert.IsEmpty(Foreign());
        Fit(validation).Dispose();

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
