#:project ../../MLNet.Sequence/MLNet.Sequence.csproj
#:package TorchSharp-cpu
#:package Microsoft.ML.OnnxRuntime
#:property PublishAot=false
#:property RuntimeIdentifier=$(NETCoreSdkRuntimeIdentifier)
#:property SelfContained=false

// A model as ONNX, run by ONNX Runtime with the same forecast. Run it in the root of the repository: dotnet run src/Samples/files/onnx.cs
using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MLNet.Sequence;

float[] wave = [.. Enumerable.Range(0, 500).Select(step => MathF.Sin(step / 5f))];
var ml = new MLContext(seed: 1);
IDataView rows = ml.Data.LoadFromEnumerable(wave.Select(value => new { Wave = value }));
using ForecastingTransformer model = ml.Forecasting.Trainers.Sequence(new Lstm { HiddenSize = 8 }, new ForecastingOptions
{
    Targets = ["Wave"],
    Context = 24,
    Horizon = 4,
    Training = new TrainingOptions { Epochs = 3, LearningRate = 1e-2 },
}).Fit(rows);
string file = Path.Combine(Path.GetTempPath(), "wave.onnx");
model.Model.SaveOnnx(file);

// [batch, time, features] to [batch, horizon, targets], in the data's own units.
using var session = new InferenceSession(file);
using var outputs = session.Run([NamedOnnxValue.CreateFromTensor("Sequence", new DenseTensor<float>(wave.AsMemory(^24..), [1, 24, 1]))]);
double[] own = [.. model.Forecast(rows).Select(step => step.Forecast)];
foreach ((float there, double here) in outputs[0].AsEnumerable<float>().Zip(own))
    Console.WriteLine(FormattableString.Invariant($"ONNX Runtime {there:F4}, the library {here:F4}"));
