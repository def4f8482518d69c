using Microsoft.ML;
using MLNet.Sequence.Model;
using MLNet.Sequence.Tests.Certificates;
using MLNet.Sequence.Tests.Torch;
using MLNet.Sequence.Training;
using static MLNet.Sequence.Tests.Forecasts.TinyForecasting;

namespace MLNet.Sequence.Tests.Model;

/// <summary>For a valid file, the message of the wrong method names the right one.</summary>
[TestClass]
public sealed class ForeignFileTests
{
    private readonly MLContext _ml = new(seed: 5);

    [TestMethod]
    public void For_each_file_that_is_not_a_model_the_message_says_what_it_is()
    {
        using var folder = new TemporaryFolder();
        SequenceModel model = UntrainedModels.Make(new Gru { HiddenSize = 2 }, UntrainedModels.NextStep());
        IDataView rows = View(_ml, Steps(30));
        _ml.Model.Save(_ml.Transforms.NormalizeMinMax("Load").Fit(rows), rows.Schema, folder.At("pipeline.zip"));
        model.SaveOnnx(folder.At("model.onnx"));
        SequenceSession session = model.CreateSession();
        session.Step([1], new float[session.OutputSize]);
        session.Save(folder.At("states"));
        using (FileStream weights = File.Create(folder.At("checkpoint.safetensors")))
            Safetensors.Write(weights, model.Weights, "{}");
        File.WriteAllBytes(folder.At("empty"), []);

        Refused(folder.At("pipeline.zip"), "it is a model of ML.NET with 0 sequence models among its 1 transforms (Normalizer); expected "
            + "one. ml.Model.Load reads it.");
        Refused(folder.At("model.onnx"), "it is an ONNX model");
        Refused(folder.At("states"), "it is the states of a session: SequenceSession.Restore reads it.");
        Refused(folder.At("checkpoint.safetensors"), "TrainingOptions.ResumeFrom reads it.");
        Refused(folder.At("empty"), "it is empty.");
        Assert.Contains("is a folder", Assert.ThrowsExactly<FileNotFoundException>(() => SequenceModel.Load(folder.Path)).Message);
    }

    [TestMethod]
    public void For_each_file_that_is_not_a_session_state_the_message_says_what_it_is()
    {
        using var folder = new TemporaryFolder();
        SequenceModel model = UntrainedModels.Make(new Gru { HiddenSize = 2 }, UntrainedModels.NextStep());
        model.Save(folder.At("model.zip"));
        model.SaveOnnx(folder.At("model.onnx"));
        using (FileStream weights = File.Create(folder.At("checkpoint.safetensors")))
            Safetensors.Write(weights, model.Weights, "{}");
        File.WriteAllBytes(folder.At("empty"), []);
        SequenceSession session = model.CreateSession();
        session.Save(folder.At("states"));
        byte[] states = File.ReadAllBytes(folder.At("states"));
        states["MLNet.Sequence session ".Length] = (byte)'9';
        File.WriteAllBytes(folder.At("later"), states);

        foreach ((string name, string part) in new[]
        {
            ("model.zip", "it is a model of MLNet.Sequence: SequenceModel.Load reads it."), ("model.onnx", "it is an ONNX model"),
            ("checkpoint.safetensors", "TrainingOptions.ResumeFrom reads it."), ("empty", "it is empty."), ("later", "another version"),
        })
        {
            string message = Assert.ThrowsExactly<FormatException>(() => session.Restore(folder.At(name))).Message;
            StringAssert.Contains(message, part);
            StringAssert.Contains(message, folder.At(name));
        }

        StringAssert.Contains(Assert.ThrowsExactly<FileNotFoundException>(() => session.Restore(folder.Path)).Message, "is a folder");
    }

    [TestMethod]
    public void For_each_file_that_is_not_a_checkpoint_the_message_says_what_it_is()
    {
        using var folder = new TemporaryFolder();
        SequenceModel model = UntrainedModels.Make(new Gru { HiddenSize = 2 }, UntrainedModels.NextStep());
        model.Save(folder.At("model.zip"));
        model.SaveOnnx(folder.At("model.onnx"));
        model.CreateSession().Save(folder.At("states"));
        File.WriteAllBytes(folder.At("empty"), []);
        File.WriteAllText(folder.At("text"), "a,b\n1,2\n");

        foreach ((string name, string part) in new[]
        {
            ("model.zip", "it is a model of MLNet.Sequence: SequenceModel.Load reads it."), ("model.onnx", "it is an ONNX model"),
            ("states", "SequenceSession.Restore reads it."), ("empty", "it is empty."), ("text", "not a checkpoint of MLNet.Sequence"),
        })
        {
            foreach (Action read in new Action[] { () => TrainingCheckpoints.SeedOf(folder.At(name)), () =>
                Training.LoopRun.Run(new TrainingOptions { ResumeFrom = folder.At(name) }) })
            {
                string message = Assert.ThrowsExactly<FormatException>(read).Message;
                StringAssert.Contains(message, part);
                StringAssert.Contains(message, folder.At(name));
            }
        }

        using ForecastingTransformer fitted = Fit(Steps(30));
        _ml.Model.Save(fitted, View(_ml, Steps(1)).Schema, folder.At("pipeline.zip"));
        StringAssert.Contains(Assert.ThrowsExactly<FormatException>(() => TrainingCheckpoints.SeedOf(folder.At("pipeline.zip"))).Message,
            "it is a model of ML.NET: ml.Model.Load reads it.");
    }

    [TestMethod]
    public void MLNETs_own_door_names_ours_for_a_model_alone()
    {
        using var folder = new TemporaryFolder();
        UntrainedModels.Make(new Gru { HiddenSize = 2 }, UntrainedModels.NextStep()).Save(folder.At("model.zip"));

        Exception error = Assert.Throws<Exception>(() => _ml.Model.Load(folder.At("model.zip"), out _));
        StringAssert.Contains(error.GetBaseException().Message, "This is a file of SequenceModel.Save, the model alone: SequenceModel.Load reads it.");
    }

    [TestMethod]
    public void A_file_that_cannot_be_written_is_named_as_the_user_named_it()
    {
        using var folder = new TemporaryFolder();
        SequenceModel model = UntrainedModels.Make(new Gru { HiddenSize = 2 }, UntrainedModels.NextStep());
        SequenceSession session = model.CreateSession();
        // The first path cannot be written by any user; the second name is too long.
        foreach (string path in new[] { "/proc/model.zip", folder.At(new string('x', 300)) })
        {
            foreach (Action save in new Action[] { () => model.Save(path), () => session.Save(path), () => model.SaveOnnx(path) })
            {
                Exception error = Assert.Throws<Exception>(save);
                StringAssert.Contains(error.Message, path);
                Assert.DoesNotContain(".tmp", error.Message);
                Assert.IsTrue(error is IOException or UnauthorizedAccessException, error.GetType().Name);
            }
        }

        Assert.IsEmpty(Directory.GetFileSystemEntries(folder.Path));
    }

    private static void Refused(string path, string part)
    {
        string message = Assert.ThrowsExactly<FormatException>(() => SequenceModel.Load(path)).Message;
        StringAssert.Contains(message, part);
        StringAssert.Contains(message, path);
        Assert.DoesNotContain("damaged", message);
    }
}
