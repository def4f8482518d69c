using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Tests.Forecasts;
using MLNet.Sequence.Tests.Rows;

namespace MLNet.Sequence.Tests.Scoring;

/// <summary>
/// A program that uses only ML.NET: it loads a model, transforms data and prints the bits of the forecasts. It names no type
/// of the library, so that only <c>Model.Load</c> can load the library. Run by <see cref="StartupHook"/>.
/// </summary>
internal static class FreshProcess
{
    /// <summary>Runs <see cref="Score"/> in a process of its own.</summary>
    public static (int ExitCode, string Output) Run(string model)
    {
        string program = typeof(FreshProcess).Assembly.Location;
        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
        {
            ArgumentList = { "exec", program },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_STARTUP_HOOKS"] = program;
        start.Environment["FORECAST_MODEL"] = model;
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }

    /// <summary>Scores a model of the kind that its name begins with, and prints the bits.</summary>
    public static int Score(string model) => Path.GetFileName(model).StartsWith("classes", StringComparison.Ordinal) ? Classify(model) : Forecast(model);

    private static int Forecast(string model)
    {
        bool library = AppDomain.CurrentDomain.GetAssemblies().Any(assembly => assembly.GetName().Name == "MLNet.Sequence");
        Console.WriteLine($"library before: {library}");
        try
        {
            var ml = new MLContext();
            ITransformer loaded = ml.Model.Load(model, out _);
            IDataView scored = loaded.Transform(TinyForecasting.View(ml, TinyForecasting.Steps(60)));
            Console.WriteLine($"libtorch before a cursor: {HasLibTorch()}");
            Console.WriteLine("bits: " + Print(TinyForecasting.Bits(TinyForecasting.Column(scored))));
            Console.WriteLine($"libtorch after it: {HasLibTorch()}");
            return 0;
        }
        catch (Exception error)
        {
            Console.WriteLine(error);
            return 1;
        }
    }

    private static int Classify(string model)
    {
        try
        {
            var ml = new MLContext();
            ITransformer loaded = ml.Model.Load(model, out _);
            Console.WriteLine("bits: " + Print(ClassBits(ml, loaded)));
            Console.WriteLine($"libtorch after it: {HasLibTorch()}");
            return 0;
        }
        catch (Exception error)
        {
            Console.WriteLine(error);
            return 1;
        }
    }

    /// <summary>The scores of some rows through a view, and then one by one.</summary>
    public static int[] ClassBits(MLContext ml, ITransformer model)
    {
        LabelledSequence[] rows = LabelledSequence.Make(30, seed: 4);
        IEnumerable<float[]> viewed = model.Transform(LabelledSequence.View(ml, rows)).GetColumn<float[]>("Score");
        using PredictionEngine<LabelledSequence, ClassScore> engine =
            ml.Model.CreatePredictionEngine<LabelledSequence, ClassScore>(model, new PredictionEngineOptions { OwnsTransformer = false });
        return TinyForecasting.Bits([.. viewed, .. rows.Select(row => engine.Predict(row).Score)]);
    }

    public static string Print(int[] bits) => string.Join(" ", bits.Select(value => value.ToString("x8", CultureInfo.InvariantCulture)));

    private static bool HasLibTorch()
    {
        using Process self = Process.GetCurrentProcess();
        return self.Modules.Cast<ProcessModule>().Any(module => module.ModuleName.Contains("torch_cpu", StringComparison.Ordinal));
    }
}

/// <summary>The output of a multiclass model for a row, without its label.</summary>
internal sealed class ClassScore
{
    public float[] Score { get; set; } = [];
}
