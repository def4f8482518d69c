using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MLNet.Sequence;

namespace Examples;

/// <summary>The example of docs/onnx.md, word for word, so that it is compiled.</summary>
internal static class OnnxExample
{
    public static void Run(string folder)
    {
        var ml = new MLContext(seed: 1);
        float[] wave = [.. Enumerable.Range(0, 500).Select(t => MathF.Sin(t / 5f))];
        using ForecastingTransformer forecaster = ml.Forecasting.Trainers.Sequence(new Lstm { HiddenSize = 16 }, new ForecastingOptions
        {
            Targets = ["Wave"],
            Context = 24,
            Horizon = 4,
            Normalization = WindowNormalization.None, // a step then costs the same however long the context is
            Training = new TrainingOptions { Epochs = 1 },
        }).Fit(ml.Data.LoadFromEnumerable(wave.Select(value => new { Wave = value })));
        forecaster.Model.SaveOnnx(Path.Combine(folder, "wave.onnx"));
        forecaster.Model.SaveOnnx(Path.Combine(folder, "wave-step.onnx"), OnnxMode.Step);

        // Whole sequences: [batch, time, features] to [batch, horizon, targets].
        using var whole = new InferenceSession(Path.Combine(folder, "wave.onnx"));
        var sequence = new DenseTensor<float>(wave.AsMemory(^24..), [1, 24, 1]);
        using var forecast = whole.Run([NamedOnnxValue.CreateFromTensor("Sequence", sequence)]);
        Console.WriteLine(string.Join(", ", forecast[0].AsEnumerable<float>()));

        // A stream: the output next_… of one step is the input state_… of the next; all states are zeros at first.
        using var step = new InferenceSession(Path.Combine(folder, "wave-step.onnx"));
        List<NamedOnnxValue> state = [.. step.InputMetadata.Where(input => input.Key != "Step").Select(input =>
            NamedOnnxValue.CreateFromTensor(input.Key, new DenseTensor<float>([1, input.Value.Dimensions[1]])))];
        foreach (float value in wave)
        {
            using var outputs = step.Run([NamedOnnxValue.CreateFromTensor("Step", new DenseTensor<float>(new[] { value }, [1, 1])), .. state]);
            state = [.. outputs.Where(output => output.Name != "Forecast").Select(output =>
                NamedOnnxValue.CreateFromTensor(output.Name.Replace("next_", "state_", StringComparison.Ordinal), output.AsTensor<float>().ToDenseTensor()))];
        }

        // In a pipeline of ML.NET a column of fixed size, of the input's name, is scored: here windows of the rows.
        IDataView rows = ml.Data.LoadFromEnumerable(wave.Select(value => new { Wave = value }));
        var chain = ml.Transforms.SlidingWindow(new SlidingWindowOptions { Columns = ["Wave"], Context = 24, WindowColumnName = "Sequence" })
            .Append(ml.Transforms.ApplyOnnxModel(
                ["Forecast"], ["Sequence"], Path.Combine(folder, "wave.onnx"),
                new Dictionary<string, int[]> { ["Sequence"] = [1, 24, 1] }, recursionLimit: 100));
        IDataView scored = chain.Fit(rows).Transform(rows);
        Console.WriteLine(string.Join(", ", scored.GetColumn<float[]>("Forecast").Last()));

        // A chain whose rows hold a sequence each is converted by ML.NET, network included (package Microsoft.ML.OnnxConverter).
        IDataView triples = ml.Data.LoadFromEnumerable(wave.Zip(wave.Skip(1), wave.Skip(2)).Zip(wave.Skip(3), (past, next) =>
            new { past.First, past.Second, past.Third, Label = next }));
        ITransformer converted = ml.Transforms.Concatenate("Features", "First", "Second", "Third").Append(ml.Transforms.NormalizeMinMax("Features"))
            .Append(ml.Regression.Trainers.Sequence(new Gru { HiddenSize = 8 }, new SequenceOptions { Training = new TrainingOptions { Epochs = 1 } }))
            .Fit(triples);
        using FileStream file = File.Create(Path.Combine(folder, "chain.onnx"));
        ml.Model.ConvertToOnnx(converted, triples, file);
    }
}
