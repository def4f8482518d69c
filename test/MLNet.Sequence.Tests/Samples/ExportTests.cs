using System.Text.Json;
using MLNet.Sequence.Data;
using MLNet.Sequence.Samples.Csv;
using MLNet.Sequence.Samples.Onnx;
using MLNet.Sequence.Tests.Onnx;

namespace MLNet.Sequence.Tests.Samples;

/// <summary>export: both forms of ONNX, compared with the library.</summary>
[TestClass]
public sealed class ExportTests
{
    private static readonly ChannelScaling Scaling = new([40, -3, 0], [9, 1, 2]);

    [TestMethod]
    public void Both_forms_of_a_trained_model_are_written_and_agree_with_the_library()
    {
        using var run = new SampleRun();
        string data = run.WriteHours("data.csv", 60), json = run.Path("differences.json");
        Assert.AreEqual(0, run.Run("--data", data, "--targets", "b,a", "--context", "8", "--horizon", "3", "--epochs", "1", "--architectures", "tcn"),
            run.Error);
        Assert.AreEqual(0, run.Run("export", "--model", run.Path("out/tcn.zip"), "--data", data, "--json", json), run.Error);

        StringAssert.Contains(run.Output, "tcn-sequence.onnx: Sequence [batch, time, 2] → Forecast [batch, 3, 2]; largest difference from the library ");
        StringAssert.Contains(run.Output, "on 16 sequences of 8 steps");
        // By default a forecaster's windows are normalised as a whole, so the state of a step is the window.
        StringAssert.Contains(run.Output, "tcn-step.onnx: Step [batch, 2]");
        Assert.IsTrue(File.Exists(run.Path("out/tcn-sequence.onnx")));
        Assert.IsTrue(File.Exists(run.Path("out/tcn-step.onnx")));
        JsonElement forms = JsonDocument.Parse(File.ReadAllText(json)).RootElement.GetProperty("forms");
        Assert.IsInRange(0, 1e-4, forms[0].GetProperty("relativeDifference").GetDouble());
        Assert.IsInRange(0, 1e-4, forms[1].GetProperty("relativeDifference").GetDouble());
    }

    [TestMethod]
    public void A_model_of_every_task_is_compared_on_random_sequences()
    {
        var tokens = new SequenceInput
        {
            Columns = ["Text"],
            Scalars = false,
            Features = 1,
            Tokens = new TokenInput { Count = 7, Keys = true, EmbeddingSize = 3 }
        };
        SequenceInput numbers = UntrainedModel.Features(3);
        SequenceTask[] tasks =
        [
            UntrainedModel.Forecasting(WindowNormalization.None),
            new SequenceClassification { Input = numbers, Pooling = PoolingKind.Max, LongestSequence = 9, Classes = 4 },
            new SequenceBinaryClassification { Input = numbers, Pooling = PoolingKind.Attention, LongestSequence = 9 },
            new SequenceRegression { Input = numbers, Pooling = PoolingKind.Mean, LongestSequence = 9, LabelScaling = new ChannelScaling([5], [2]) },
            new SequenceTagging { Input = numbers, LongestSequence = 9, Tags = 4 },
            new NextStep { Input = numbers, Kind = StepKind.Real, LongestSequence = 9 },
            new NextStep { Input = numbers, Kind = StepKind.MultiLabel, LongestSequence = 9 },
            new NextStep { Input = tokens, Kind = StepKind.Token, LongestSequence = 9, TiedEmbedding = true },
            new SequenceClassification { Input = tokens, Pooling = PoolingKind.LastStep, LongestSequence = 9, Classes = 2 },
        ];
        using var run = new SampleRun();
        foreach (SequenceTask task in tasks)
        {
            ChannelScaling scaling = task.InputSize == 3 ? Scaling : new ChannelScaling([0], [1]);
            UntrainedModel.Make(new Gru { HiddenSize = 5 }, task, scaling).Save(run.Path("model.zip"));
            Assert.AreEqual(0, run.Run("export", "--model", run.Path("model.zip"), "--json", run.Path("differences.json")), run.Error);
            foreach (JsonElement form in JsonDocument.Parse(File.ReadAllText(run.Path("differences.json"))).RootElement.GetProperty("forms").EnumerateArray())
                Assert.IsInRange(0, 1e-4, form.GetProperty("relativeDifference").GetDouble(), $"{task}");
        }
    }

    [TestMethod]
    public void A_model_of_pairs_is_an_encoder_and_a_step_of_its_decoder()
    {
        using var run = new SampleRun();
        SequenceInput Tokens(string column) => new()
        {
            Columns = [column],
            Scalars = false,
            Features = 1,
            Tokens = new TokenInput { Count = 7, Keys = true, EmbeddingSize = 3 },
        };
        var words = new SequenceToSequence { Source = Tokens("Source"), Target = Tokens("Target"), LongestSource = 9, LongestTarget = 12 };
        SequenceToSequence numbers = words with { Target = UntrainedModel.Features(3), TargetScaling = Scaling };
        foreach (SequenceToSequence task in new[] { words, numbers })
        {
            UntrainedModel.Make(new AttentionRnn { HiddenSize = 5 }, task, new ChannelScaling([0], [1])).Save(run.Path("model.zip"));
            Assert.AreEqual(0, run.Run("export", "--model", run.Path("model.zip"), "--json", run.Path("differences.json")), run.Error);
            StringAssert.Contains(run.Output, "model-encoder.onnx: Sequence [batch, time] → Memory [batch, time, 10]; largest difference from the library ");
            StringAssert.Contains(run.Output, "on 16 sequences of 9 steps");
            JsonElement[] forms = [.. JsonDocument.Parse(File.ReadAllText(run.Path("differences.json"))).RootElement.GetProperty("forms").EnumerateArray()];
            Assert.HasCount(2, forms);
            foreach (JsonElement form in forms)
                Assert.IsInRange(0, 1e-4, form.GetProperty("relativeDifference").GetDouble(), $"{task}");
            Assert.IsTrue(File.Exists(run.Path("out/model-decoder-step.onnx")));
        }

        run.MustRefuse(["export", "--model", run.Path("model.zip"), "--series", "north"], "Series must be null for a model of pairs; found 'north'");
    }

    [TestMethod]
    public void Layers_without_a_form_for_single_steps_are_reported()
    {
        using var run = new SampleRun();
        var task = new SequenceTagging { Input = UntrainedModel.Features(3), LongestSequence = 9, Tags = 4, Decoding = TagDecoding.Chain };
        UntrainedModel.Make(new Gru { HiddenSize = 5 }, task, Scaling).Save(run.Path("model.zip"));
        Assert.AreEqual(0, run.Run("export", "--model", run.Path("model.zip"), "--json", run.Path("differences.json")), run.Error);
        StringAssert.Contains(run.Output, "model-step.onnx: not written. The tags of a sequence are chosen together");
        Assert.IsFalse(File.Exists(run.Path("out/model-step.onnx")));
        JsonElement forms = JsonDocument.Parse(File.ReadAllText(run.Path("differences.json"))).RootElement.GetProperty("forms");
        Assert.IsInRange(0, 1e-4, forms[0].GetProperty("relativeDifference").GetDouble());
        StringAssert.Contains(forms[1].GetProperty("notWritten").GetString(), "TagDecoding.Steps");
    }

    [TestMethod]
    public void A_series_has_its_own_scaling()
    {
        using var run = new SampleRun();
        UntrainedModel.Make(new Gru { HiddenSize = 5 }, UntrainedModel.Forecasting(WindowNormalization.LastValue), Scaling,
            new KeyValuePair<string, ChannelScaling>("north", new([50, -2, 1], [8, 2, 3])))
            .Save(run.Path("model.zip"));
        Assert.AreEqual(0, run.Run("export", "--model", run.Path("model.zip"), "--series", "north"), run.Error);
        using var session = new OnnxSession(run.Path("out/model-sequence.onnx"));
        Assert.AreEqual("north", session.Metadata["series"]);
        run.MustRefuse(["export", "--model", run.Path("model.zip"), "--series", "south"], "Series must be one of 'north'; found 'south'");
    }

    [TestMethod]
    public void What_is_no_model_or_does_not_go_with_it_is_refused()
    {
        using var run = new SampleRun();
        UntrainedModel.Make(new Lstm(),
            new SequenceBinaryClassification { Input = UntrainedModel.Features(3), Pooling = PoolingKind.Max, LongestSequence = 9 }, Scaling)
            .Save(run.Path("model.zip"));
        string data = run.WriteHours("data.csv", 60);
        run.MustRefuse(["export"], "--model");
        run.MustRefuse(["export", "--model", run.Path("nowhere.zip")], "no model file", "nowhere.zip");
        run.MustRefuse(["export", "--model", run.Path("model.zip"), "--decimal", "comma"],
            "--decimal gives the format of the --data file: give both, or neither.");
        run.MustRefuse(["export", "--model", data], "data.csv", "cannot be read");
        run.MustRefuse(["export", "--model", run.Path("model.zip"), "--data", data], "--data needs a forecaster", "SequenceBinaryClassification");
    }
}
