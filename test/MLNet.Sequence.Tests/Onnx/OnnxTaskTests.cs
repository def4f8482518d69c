using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Samples.Csv;
using MLNet.Sequence.Samples.Onnx;
using MLNet.Sequence.Tests.NextSteps;
using MLNet.Sequence.Tests.Rows;
using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Onnx;

/// <summary>Whole models in ONNX Runtime give the values of the library's own columns, from data in its own units.</summary>
[TestClass]
public sealed class OnnxTaskTests
{
    private const double Parity = 1e-4;

    private static readonly Architecture Lstm = new Lstm { HiddenSize = 6 };

    // Sequences of 3 to 14 steps with two features, each at its own level.
    private static readonly float[][] Rows =
        [.. Enumerable.Range(3, 12).Select(steps => SequenceBatch.Random(1, steps, 2, seed: steps).Floats.Select(value => 12 * (steps - 7) + 30 * value)
            .ToArray())];

    [TestMethod]
    [DataRow(PoolingKind.LastStep)]
    [DataRow(PoolingKind.Mean)]
    [DataRow(PoolingKind.Max)]
    [DataRow(PoolingKind.Attention)]
    public void Classes_and_their_probabilities(PoolingKind pooling)
    {
        var task = new SequenceClassification
        {
            Input = UntrainedModel.Features(2),
            Pooling = pooling,
            LongestSequence = 24,
            Classes = 3,
            ClassValues = ["x", "y", "z"],
            ClassValueType = "String"
        };
        // Wide enough that the input matters more than the biases.
        SequenceModel model = UntrainedModel.Make(new Lstm { HiddenSize = 40 }, task, new ChannelScaling([12, 25], [2, 4]));
        AssertSame(model, "Score");
        (Dictionary<string, OnnxTensor> outputs, IDataView expected) = Both(model);
        uint[] labels = [.. expected.GetColumn<uint>("PredictedLabel")];
        CollectionAssert.AreEqual(labels, ((long[])outputs["PredictedLabel"].Values).Select(index => (uint)index + 1).ToArray());
        Assert.IsGreaterThan(1, labels.Distinct().Count());
    }

    [TestMethod]
    public void Yes_or_no_with_score_and_probability()
    {
        var task = new SequenceBinaryClassification { Input = UntrainedModel.Features(2), Pooling = PoolingKind.Max, LongestSequence = 24 };
        SequenceModel model = UntrainedModel.Make(Lstm, task, new ChannelScaling([13, 26], [2, 4]));
        AssertSame(model, "Score");
        AssertSame(model, "Probability");
        (Dictionary<string, OnnxTensor> outputs, IDataView expected) = Both(model);
        CollectionAssert.AreEqual(expected.GetColumn<bool>("PredictedLabel").ToArray(), (bool[])outputs["PredictedLabel"].Values);
    }

    [TestMethod]
    public void Numbers_in_the_labels_units() => AssertSame(
        UntrainedModel.Make(
            new Tcn { Channels = 4, KernelSize = 2 },
            new SequenceRegression
            {
                Input = UntrainedModel.Features(2),
                Pooling = PoolingKind.Mean,
                LongestSequence = 24,
                LabelScaling = new ChannelScaling([1200], [35])
            },
            new ChannelScaling([12, 25], [2, 4])),
        "Score");

    [TestMethod]
    public void Sequences_of_tokens_with_one_for_those_that_are_not_known()
    {
        var tokens = new TokenInput { Count = 5, Keys = false, Unknown = 4, EmbeddingSize = 3, Values = ["a", "b", "c", "d", "?"] };
        var task = new SequenceClassification
        {
            Input = new SequenceInput { Columns = ["Tokens"], Scalars = false, Features = 1, Tokens = tokens },
            Pooling = PoolingKind.Max,
            LongestSequence = 6,
            Classes = 3,
        };
        SequenceModel model = UntrainedModel.Make(Lstm, task, new ChannelScaling([0], [1]));
        int[][] rows = [[0, 1, 2, 3], [3, 9, 0, -2, 1, 2], [2]];
        var ml = new MLContext();
        IDataView scored = ml.Sequence.CreateTransformer(model).Transform(TokenSequence.View(ml, rows.Select(row => new TokenSequence { Tokens = row })));
        double[] expected = Close.Doubles(scored.GetColumn<float[]>("Score").SelectMany(row => row));

        using OnnxSession session = Open(model, new OnnxOptions { Lengths = true });
        long[] padded = [.. rows.SelectMany(row => row.Concat(Enumerable.Repeat(-7, 6 - row.Length))).Select(token => (long)token)];
        float[] score = session.Run(new OnnxTensor("Sequence", padded, 3, 6), new OnnxTensor("Lengths", new long[] { 4, 6, 1 }, 3))["Score"].Floats;
        Close.AssertEqual(expected, Close.Doubles(score), Parity, "whole");
        Assert.AreEqual("[\"a\",\"b\",\"c\",\"d\",\"?\"]", session.Metadata["tokens"]);

        using OnnxSession step = Open(model, new OnnxOptions { Mode = OnnxMode.Step });
        for (int row = 0; row < rows.Length; row++)
        {
            var stream = new OnnxStream(step, rows: 1);
            float[][] steps = [.. rows[row].Select(token => stream.Step(new OnnxTensor("Step", new long[] { token }, 1))["Score"].Floats)];
            Close.AssertEqual(expected[(3 * row)..(3 * row + 3)], Close.Doubles(steps[^1]), Parity, $"row {row}, step by step");
        }
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void The_next_token_and_the_loss(bool tied)
    {
        var task = new NextStep
        {
            Input = new SequenceInput
            {
                Columns = ["Tokens"],
                Scalars = false,
                Features = 1,
                Tokens = new TokenInput { Count = 6, Keys = false, EmbeddingSize = 3 }
            },
            Kind = StepKind.Token,
            LongestSequence = 8,
            TiedEmbedding = tied,
            AdaptiveSoftmax = tied ? [] : [2, 4],
        };
        SequenceModel model = UntrainedModel.Make(Lstm, task, new ChannelScaling([0], [1]));
        int[][] rows = [[0, 1, 2, 3], [3, 5, 0, 2, 1, 2], [2]];
        var ml = new MLContext();
        IDataView scored = ml.Sequence.CreateTransformer(model).Transform(TokenSequence.View(ml, rows.Select(row => new TokenSequence { Tokens = row })));

        using OnnxSession session = Open(model, new OnnxOptions { Lengths = true });
        long[] padded = [.. rows.SelectMany(row => row.Concat(Enumerable.Repeat(-7, 6 - row.Length))).Select(token => (long)token)];
        Dictionary<string, OnnxTensor> outputs = session.Run(new OnnxTensor("Sequence", padded, 3, 6), new OnnxTensor("Lengths", new long[] { 4, 6, 1 }, 3));
        Close.AssertEqual(Close.Doubles(scored.GetColumn<float[]>("Score").SelectMany(row => row)), Close.Doubles(outputs["Score"].Floats), Parity, "scores");
        CollectionAssert.AreEqual(scored.GetColumn<uint>("Prediction").ToArray(), ((long[])outputs["Prediction"].Values).Select(index => (uint)index + 1)
            .ToArray());
        float[] expected = [.. scored.GetColumn<float>("Loss")], losses = outputs["Loss"].Floats;
        Close.AssertEqual(Close.Doubles(expected[..2]), Close.Doubles(losses[..2]), Parity, "losses");
        Assert.IsTrue(float.IsNaN(expected[2]) && float.IsNaN(losses[2]));
    }

    [TestMethod]
    public void The_next_step_and_the_loss_of_real_sequences()
    {
        var task = new NextStep { Input = UntrainedModel.Features(2), Kind = StepKind.Real, LongestSequence = 24 };
        SequenceModel model = UntrainedModel.Make(Lstm, task, new ChannelScaling([12, 25], [2, 4]));
        AssertSame(model, "Prediction");
        AssertSame(model, "Loss");
    }

    [TestMethod]
    public void The_next_step_and_the_loss_of_sequences_of_bits()
    {
        var task = new NextStep { Input = UntrainedModel.Features(StepSequence.Keys), Kind = StepKind.MultiLabel, LongestSequence = 15 };
        double[] ones = [.. Enumerable.Repeat(1.0, StepSequence.Keys)];
        SequenceModel model = UntrainedModel.Make(Lstm, task, new ChannelScaling(new double[StepSequence.Keys], ones));
        float[][] rows = [.. StepSequence.Scales(6).Select(row => row.Features)];
        AssertSame(model, "Prediction", rows);
        AssertSame(model, "Loss", rows);
    }

    [TestMethod]
    public void A_single_step_has_a_prediction_but_no_loss()
    {
        var task = new NextStep { Input = UntrainedModel.Features(2), Kind = StepKind.Real, LongestSequence = 24 };
        using OnnxSession session = Open(UntrainedModel.Make(Lstm, task, new ChannelScaling([0, 0], [1, 1])), new OnnxOptions());
        Dictionary<string, OnnxTensor> outputs = session.Run(new OnnxTensor("Sequence", new float[] { 1, 2 }, 1, 1, 2));
        Assert.IsTrue(outputs["Prediction"].Floats.All(float.IsFinite));
        Assert.IsTrue(float.IsNaN(outputs["Loss"].Floats[0]));
    }

    [TestMethod]
    [DataRow(WindowNormalization.None, null)]
    [DataRow(WindowNormalization.MeanAndDeviation, "north")]
    [DataRow(WindowNormalization.LastValue, "south")]
    public void Forecasts_of_a_series_in_the_datas_units(WindowNormalization normalization, string? series)
    {
        SequenceModel model = UntrainedModel.Make(
            new Gru { HiddenSize = 5 },
            UntrainedModel.Forecasting(normalization),
            new ChannelScaling([40, -3, 0], [9, 1, 2]),
            new("north", new ChannelScaling([50, -2, 1], [8, 2, 3])),
            new("south", new ChannelScaling([30, -4, -1], [7, 3, 1])));
        using OnnxSession session = Open(model, new OnnxOptions { Series = series });
        // More steps than the context: only the last ones are read, as in the library.
        const int rows = 5, steps = 20;
        float[] histories = [.. SequenceBatch.Random(rows, steps, 3, seed: 4).Floats.Select((value, i) => 40 + 10 * value)];
        float[] forecasts = session.Run(new OnnxTensor("Sequence", histories, rows, steps, 3))["Forecast"].Floats;
        double[] expected = [.. histories.Chunk(steps * 3).SelectMany(history => model.Forecast(history, series)).Select(value => (double)value)];
        Close.AssertEqual(expected, Close.Doubles(forecasts), Parity, $"{normalization}");
    }

    [TestMethod]
    public void A_row_with_a_value_that_is_not_finite_has_NaN_and_its_neighbours_have_not()
    {
        SequenceModel model = UntrainedModel.Make(new Tcn { Channels = 4 }, UntrainedModel.Forecasting(WindowNormalization.None),
            new ChannelScaling([0, 0, 0], [1, 1, 1]));
        using OnnxSession session = Open(model, new OnnxOptions());
        float[] windows = SequenceBatch.Random(3, 12, 3, seed: 4).Floats;
        (windows[5], windows[40]) = (float.NaN, float.NegativeInfinity);
        float[][] forecasts = [.. session.Run(new OnnxTensor("Sequence", windows, 3, 12, 3))["Forecast"].Floats.Chunk(6)];
        Assert.IsTrue(forecasts[0].All(float.IsNaN) && forecasts[1].All(float.IsNaN) && forecasts[2].All(float.IsFinite));
    }

    [TestMethod]
    [DataRow("lstm", WindowNormalization.MeanAndDeviation)]
    [DataRow("tcn", WindowNormalization.LastValue)]
    [DataRow("bidirectional", WindowNormalization.None)]
    public void A_forecaster_that_reads_its_window_as_a_whole_carries_it_from_step_to_step(string architecture, WindowNormalization normalization)
    {
        const int context = 12, steps = 30;
        SequenceModel model = UntrainedModel.Make(Architecture.FromName(architecture), UntrainedModel.Forecasting(normalization, context),
            new ChannelScaling([40, -3, 0], [9, 1, 2]));
        float[] history = SequenceBatch.Random(1, steps, 3, seed: 9).Floats;
        using OnnxSession session = Open(model, new OnnxOptions { Mode = OnnxMode.Step });
        var stream = new OnnxStream(session, rows: 1);
        for (int step = 0; step < steps; step++)
        {
            float[] forecast = stream.Step(history[(3 * step)..(3 * step + 3)])["Forecast"].Floats;
            if (step + 1 >= context)
                Close.AssertEqual(Close.Doubles(model.Forecast(history.AsSpan(0, 3 * step + 3))), Close.Doubles(forecast), Parity, $"step {step}");
        }
    }

    [TestMethod]
    public void A_stream_of_a_forecaster_forecasts_after_every_step()
    {
        // If the receptive field is within the context, a stream of any length and a window give the same forecast.
        SequenceModel model = UntrainedModel.Make(
            new Tcn { Channels = 4, Levels = 2, KernelSize = 2 }, UntrainedModel.Forecasting(WindowNormalization.None),
                new ChannelScaling([40, -3, 0], [9, 1, 2]));
        using OnnxSession session = Open(model, new OnnxOptions { Mode = OnnxMode.Step });
        var stream = new OnnxStream(session, rows: 1);
        float[] history = SequenceBatch.Random(1, 40, 3, seed: 4).Floats;
        for (int step = 0; step < 40; step++)
        {
            float[] forecast = stream.Step(history[(3 * step)..(3 * step + 3)])["Forecast"].Floats;
            if (step >= 11)
                Close.AssertEqual(Close.Doubles(model.Forecast(history.AsSpan(0, 3 * step + 3))), Close.Doubles(forecast), Parity, $"step {step}");
        }
    }

    // A column of the library, and the output of that name: whole rows padded to one length, and step by step.
    private static void AssertSame(SequenceModel model, string column, float[][]? rows = null)
    {
        rows ??= Rows;
        (Dictionary<string, OnnxTensor> outputs, IDataView scored) = Both(model, rows);
        float[][] expected = scored.Schema[column].Type is VectorDataViewType
            ? [.. scored.GetColumn<float[]>(column)]
            : [.. scored.GetColumn<float>(column).Select(value => new[] { value })];
        Close.AssertEqual(Close.Doubles(expected.SelectMany(row => row)), Close.Doubles(outputs[column].Floats), Parity, column);

        using OnnxSession session = Open(model, new OnnxOptions { Mode = OnnxMode.Step });
        if (!session.Outputs.ContainsKey(column))
        {
            Assert.AreEqual("Loss", column);
            return;
        }

        for (int row = 0; row < rows.Length; row++)
        {
            var stream = new OnnxStream(session, rows: 1);
            float[][] steps = [.. rows[row].Chunk(model.Task.InputSize).Select(step => stream.Step(step)[column].Floats)];
            Close.AssertEqual(Close.Doubles(expected[row]), Close.Doubles(steps[^1]), Parity, $"{column} of row {row}, step by step");
        }
    }

    private static (Dictionary<string, OnnxTensor> Outputs, IDataView Expected) Both(SequenceModel model, float[][]? rows = null)
    {
        rows ??= Rows;
        var ml = new MLContext();
        IDataView scored = ml.Sequence.CreateTransformer(model).Transform(StepSequence.View(ml, rows.Select(row => new StepSequence { Features = row })));
        int features = model.Task.InputSize, longest = rows.Max(row => row.Length);
        using OnnxSession session = Open(model, new OnnxOptions { Lengths = true });
        // Padding may hold any values.
        float[] padded = [.. rows.SelectMany(row => row.Concat(Enumerable.Repeat(float.NaN, longest - row.Length)))];
        long[] lengths = [.. rows.Select(row => (long)row.Length / features)];
        return (session.Run(
            new OnnxTensor("Sequence", padded, rows.Length, longest / features, features), new OnnxTensor("Lengths", lengths, rows.Length)), scored);
    }

    private static OnnxSession Open(SequenceModel model, OnnxOptions options)
    {
        using var file = new MemoryStream();
        model.SaveOnnx(file, options);
        return OnnxLog.Quietly(() => new OnnxSession(file.ToArray()));
    }
}
