using System.Text.Json;

namespace MLNet.Sequence.Tests.Samples;

/// <summary>truncate: a saved model on its last steps, with the proved or measured error.</summary>
[TestClass]
public sealed class TruncateCommandTests
{
    [TestMethod]
    public void A_stable_model_gets_a_window_with_a_certified_error()
    {
        using var run = new SampleRun();
        JsonElement json = Truncate(run, "stable-rnn", "0.5", "--set", "stable-rnn.lambda=0.3", "--normalization", "mean-and-deviation");
        // The test rows exceed the range of the training rows, so no certificate holds for them.
        Assert.IsFalse(json.GetProperty("certified").GetBoolean());
        StringAssert.Contains(run.Output, "outside the range of the training rows, for which nothing is certified");
        json = Cut(run, "stable-rnn", "0.5", run.WriteHours("training.csv", 60));
        Assert.IsTrue(json.GetProperty("certified").GetBoolean());
        int steps = json.GetProperty("steps").GetInt32();
        Assert.IsLessThanOrEqualTo(0.5, json.GetProperty("bound").GetDouble());
        Assert.IsLessThanOrEqualTo(json.GetProperty("bound").GetDouble(), json.GetProperty("largestError").GetDouble());
        StringAssert.Contains(run.Output, "certified");
        Assert.IsLessThan(12, steps);
        Assert.AreEqual(steps, ((Truncated)SequenceModel.Load(run.Path("out/truncated.zip")).Architecture).Steps);
    }

    [TestMethod]
    public void Another_model_gets_a_window_that_is_measured_and_says_so()
    {
        using var run = new SampleRun();
        JsonElement json = Truncate(run, "lstm", "0.05");
        Assert.IsFalse(json.GetProperty("certified").GetBoolean());
        Assert.IsLessThanOrEqualTo(0.05, json.GetProperty("largestError").GetDouble());
        Assert.AreEqual(json.GetProperty("bound").GetDouble(), json.GetProperty("largestError").GetDouble());
        StringAssert.Contains(run.Output, "measured, not proved");
    }

    [TestMethod]
    public void What_cannot_be_truncated_is_refused()
    {
        using var run = new SampleRun();
        string data = run.WriteHours("data.csv", 60);
        Assert.AreEqual(0, run.Run("--data", data, "--context", "8", "--horizon", "2", "--epochs", "1", "--architectures", "tcn"), run.Error);
        string model = run.Path("out/tcn.zip");
        run.MustRefuse(["truncate", "--model", model, "--data", data, "--tolerance", "0"], "--tolerance must be a number above 0");
        run.MustRefuse(["truncate", "--model", model, "--data", data], "--tolerance must be a number above 0");
        run.MustRefuse(["truncate", "--model", model, "--tolerance", "1"], "has no column 'a'. Name the model's file with --data.");
        run.MustRefuse(["forecast", "--model", model], "has no column 'a'. Name the model's file with --data.");
        run.MustRefuse(["truncate", "--model", run.Path("none.zip"), "--data", data, "--tolerance", "1"], "There is no model file");
        run.MustRefuse(["truncate", "--model", model, "--data", run.Write("short.csv", "date,a,b\n2020-01-01,1,2\n"), "--tolerance", "1"],
            "rows of a series are needed");
    }

    private static JsonElement Truncate(SampleRun run, string architecture, string tolerance, params string[] further)
    {
        string data = run.WriteHours("data.csv", 120);
        Assert.AreEqual(0, run.Run(["--data", data, "--context", "12", "--horizon", "2", "--epochs", "1", "--architectures", architecture, .. further]),
            run.Error);
        return Cut(run, architecture, tolerance, data);
    }

    private static JsonElement Cut(SampleRun run, string architecture, string tolerance, string data)
    {
        int code = run.Run(
            "truncate", "--model", run.Path($"out/{architecture}.zip"), "--data", data, "--tolerance", tolerance, "--json", run.Path("truncate.json"));
        Assert.AreEqual(0, code, run.Error);
        return JsonDocument.Parse(File.ReadAllText(run.Path("truncate.json"))).RootElement;
    }
}
