using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Samples.Sequences;

namespace MLNet.Sequence.Tests.Samples;

/// <summary>classify, from files to results.</summary>
[TestClass]
public sealed class ClassifyTests
{
    [TestMethod]
    public void Files_of_the_user_give_models_pictures_and_json()
    {
        using var run = new SampleRun();
        string train = run.Write("train.tsv", Waves(60, seed: 1)), test = run.Write("test.tsv", Waves(40, seed: 2));
        Assert.AreEqual(0, run.Run(
            "classify", "--train", train, "--test", test, "--architectures", "tcn,gru", "--set", "tcn.channels=8,gru.hiddenSize=8", "--epochs", "25",
                "--batch-size", "6",
            "--learning-rate", "0.01", "--intervals", "--json", run.Path("results.json")), run.Error);

        string[] written = ["out", "out/classes-gru.html", "out/classes-tcn.html", "out/gru.zip", "out/tcn.zip", "out/training-gru.html",
            "out/training-tcn.html", "results.json", "test.tsv", "train.tsv"];
        CollectionAssert.AreEqual(written, run.Entries);
        foreach (string part in new[] { "training: 60 sequences of 10 to 14 steps in 2 classes", "macro F1", "accuracy", "fast", "slow", "Written: " })
            Assert.Contains(part, run.Output);
        using var json = JsonDocument.Parse(File.ReadAllText(run.Path("results.json")));
        Assert.AreEqual("classify", json.RootElement.GetProperty("command").GetString());
        JsonElement[] results = [.. json.RootElement.GetProperty("results").EnumerateArray()];
        CollectionAssert.AreEqual(new[] { "tcn", "gru" }, results.Select(result => result.GetProperty("architecture").GetString()).ToArray());
        foreach (JsonElement result in results)
        {
            Assert.IsGreaterThan(0, result.GetProperty("parameters").GetInt64());
            Assert.IsGreaterThan(0, result.GetProperty("secondsPerEpoch").GetDouble());
            JsonElement metrics = result.GetProperty("metrics");
            Assert.IsGreaterThan(0.9, metrics.GetProperty("accuracy").GetDouble());
            Assert.IsGreaterThan(0.9, metrics.GetProperty("macroF1").GetDouble());
            Assert.IsGreaterThan(0, metrics.GetProperty("logLoss").GetDouble());
        }
    }

    [TestMethod]
    [DataRow("label,b,a", "the column 'b' where")]
    [DataRow("lable,a,b", "the column 'lable' where")]
    public void Other_columns_than_those_of_training_are_refused(string names, string part)
    {
        using var run = new SampleRun();
        string train = run.Write("train.csv", "label,a,b\nx,1,2\ny,2,1\n");
        run.MustRefuse(["classify", "--train", train, "--test", run.Write("test.csv", $"{names}\nx,1,2\n")], part);
    }

    [TestMethod]
    public void A_saved_model_gives_the_classes_of_rows_by_name()
    {
        using var run = new SampleRun();
        string train = run.Write("train.tsv", Waves(60, seed: 1)), test = run.Write("test.tsv", Waves(40, seed: 2));
        Assert.AreEqual(0, run.Run("classify", "--train", train, "--test", test, "--architectures", "gru", "--epochs", "25", "--batch-size", "6",
            "--learning-rate", "0.01"), run.Error);
        var ml = new MLContext();
        ITransformer model = ml.Model.Load(run.Path("out/gru.zip"), out _);
        LabelledRows rows = LabelledFile.Read(test, "--test", null);

        string[] classes = [.. model.Transform(ml.Data.LoadFromEnumerable(rows.Rows)).GetColumn<string>("Class")];
        Assert.IsGreaterThan(35, classes.Zip(rows.Rows).Count(pair => pair.First == pair.Second.Label));
    }

    [TestMethod]
    public void The_shipped_control_charts_are_read_when_nothing_is_given()
    {
        using var run = new SampleRun();
        Assert.AreEqual(0, run.Run("classify", "--architectures", "linear", "--epochs", "1"), run.Error);

        Assert.Contains("training: 300 sequences of 60 steps in 6 classes", run.Output);
        Assert.Contains("shifted down", run.Output);
    }

    [TestMethod]
    public void Files_that_do_not_fit_each_other_are_refused()
    {
        using var run = new SampleRun();
        string train = run.Write("train.tsv", "a\t1\t2\nb\t2\t1\n"), other = run.Write("other.tsv", "c\t1\t2\n");
        string wide = run.Write("wide.ts", "@classLabel true\n@data\n1,2:3,4:a\n");

        run.MustRefuse(["classify", "--train", train], "--train and --test go together");
        run.MustRefuse(["classify", "--train", train, "--test", run.Path("none.tsv")], "There is no data file");
        run.MustRefuse(["classify", "--train", train, "--test", run.Folder], "is a folder; --test names a");
        run.MustRefuse(["classify", "--train", train, "--test", other], "has classes that", "'c'");
        run.MustRefuse(["classify", "--train", train, "--test", wide], "has 2 values per step");
        run.MustRefuse(["classify", "--train", train, "--test", train, "--label", "a"], "--label is for .csv files");
        run.MustRefuse(["classify", "--train", wide, "--test", wide, "--decimal", "comma"], "--decimal is for .csv files");
        run.MustRefuse(["classify", "--train", train, "--test", train, "--architectures", "lstn"], "no architecture named 'lstn'");
        run.MustRefuse(["classify", "--train", run.Write("x.csv", "a,b\n1,2\n"), "--test", train, "--label", "c"], "There is no column 'c' (--label)");
    }

    [TestMethod]
    public void Sequences_of_one_group_are_in_one_file_and_the_group_is_no_step()
    {
        using var run = new SampleRun();
        string train = run.Write("train.csv", "subject,label,t1,t2\np,x,1,2\nq,y,2,1\n"),
            other = run.Write("other.csv", "subject,label,t1,t2\nr,x,1,2\ns,y,2,1\n");
        string[] fit = ["--architectures", "linear", "--epochs", "1", "--group", "subject"];
        Assert.AreEqual(0, run.Run(["classify", "--train", train, "--test", other, .. fit]), run.Error);
        Assert.Contains("training: 2 sequences of 2 steps in 2 classes", run.Output);
        run.MustRefuse(["classify", "--train", train, "--test", train, .. fit], "share groups of 'subject': 'p', 'q'");
        run.MustRefuse(["classify", "--train", train, "--test", other, "--group", "subjct"],
            "There is no column 'subjct' (--group). The nearest names in the file: 'subject'");
        run.MustRefuse(["classify", "--train", train, "--test", other, "--group", "label"], "--group names the label");
        run.MustRefuse(["classify", "--train", train, "--test", run.Write("gap.csv", "subject,label,t1,t2\n,x,1,2\n"), .. fit],
            "the group in column 'subject' is missing");
        string ucr = run.Write("a.tsv", "a\t1\t2\nb\t2\t1\n");
        run.MustRefuse(["classify", "--train", ucr, "--test", ucr, "--group", "subject"], "--group is for .csv files");
    }

    private static string Waves(int rows, int seed)
    {
        var random = new Random(seed);
        var text = new StringBuilder();
        for (int row = 0; row < rows; row++)
        {
            text.Append(row % 2 == 0 ? "slow" : "fast");
            int length = random.Next(10, 15);
            for (int step = 0; step < 14; step++)
                text.Append('\t').Append(step < length ? (Math.Sin(step * (row % 2 == 0 ? 0.3 : 1.5)) + 0.2 * random.NextDouble()).ToString(
                    "F3", CultureInfo.InvariantCulture) : "NaN");
            text.Append('\n');
        }

        return text.ToString();
    }
}
