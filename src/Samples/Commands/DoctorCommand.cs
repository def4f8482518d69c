using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.ML;
using MLNet.Sequence.Samples.Csv;
using MLNet.Sequence.Samples.Diagnosis;
using MLNet.Sequence.Samples.Output;
using TorchSharp;

namespace MLNet.Sequence.Samples.Commands;

/// <summary>doctor: what is on this machine, whether models can be trained here, and what a program of the user's own has to reference.</summary>
internal sealed class DoctorCommand(Terminal terminal)
{
    private const int Names = 12;

    private readonly Option<string?> _json = new("--json") { Description = "The file for the findings as JSON.", HelpName = "FILE" };

    public Command Describe()
    {
        var command = new Command("doctor", "Checks whether models can be trained here. It shows versions, libtorch, CUDA, and what a program references.")
        {
            _json,
        };
        command.SetAction(Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        StagedFiles.MustTakeFile(parsed.GetValue(_json), "--json");
        var torch = NativeTorch.Load();
        (string Name, string Finding)[] findings = [.. Versions(), .. Torch(torch), .. Advice(torch)];
        foreach ((string name, string finding) in findings)
            terminal.Output.WriteLine($"{name.PadRight(Names)}{finding}");
        if (parsed.GetValue(_json) is { } json)
        {
            using var files = new StagedFiles();
            WriteJson(files.For(json), torch);
            files.Commit();
        }

        return torch.IsLoaded ? Cli.Success : Cli.Problem;
    }

    private static IEnumerable<(string Name, string Finding)> Versions()
    {
        yield return ("mlseq", $"{RunFile.Version} in {AppContext.BaseDirectory}");
        yield return (".NET", $"{Environment.Version} on {RuntimeInformation.OSDescription}, {RuntimeInformation.RuntimeIdentifier}, "
            + string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} processors, "
                + $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30):F1} GiB of memory"));
        yield return ("ML.NET", Programs.Version(typeof(MLContext)));
        yield return ("TorchSharp", Programs.Version(typeof(torch)));
        string data = ShippedData.At("");
        yield return ("data", Directory.Exists(data) ? $"the program's own files are in {data}" : $"the program's own files are missing: {data}");
    }

    private static IEnumerable<(string Name, string Finding)> Torch(NativeTorch torch)
    {
        yield return ("libtorch", torch.IsLoaded ? $"{torch.Package ?? "of unknown version"}: {torch.File}" : "not loaded: no model can be trained");
        yield return ("", torch.IsLoaded ? $"because {torch.Reason}" : torch.Reason);
        foreach (string warning in torch.Warnings)
            yield return ("", $"warning: {warning}");
        yield return ("CUDA", (torch.Devices, torch.HasCuda) switch
        {
            ( > 0, _) => string.Create(CultureInfo.InvariantCulture, $"{torch.Devices} devices: --gpu 0 trains on the first"),
            (_, true) => "libtorch is for CUDA, but finds no device: check NVIDIA's driver with nvidia-smi",
            _ => "none: this libtorch is for the CPU",
        });
        if (torch is { IsLoaded: true, HasCuda: false })
            yield return ("", $"for a GPU name a libtorch for CUDA 2.10 or 2.11, such as PyTorch's torch/lib, in {TorchRuntime.EnvironmentVariable}"
                + (torch.Package is null ? "" : "; the program must then be one without its own libtorch, built with -p:TorchBackend=none"));
    }

    private static IEnumerable<(string Name, string Finding)> Advice(NativeTorch torch)
    {
        yield return ("reference", $"MLNet.Sequence {RunFile.Version} and {TorchPackage(torch)} {Programs.Version(typeof(torch))}, to train");
        yield return ("", $"MLNet.Sequence.Runtime {RunFile.Version} alone, to run a saved model");
    }

    private static string TorchPackage(NativeTorch torch) => torch.HasCuda
        ? OperatingSystem.IsWindows() ? "TorchSharp-cuda-windows" : "TorchSharp-cuda-linux"
        : "TorchSharp-cpu";

    private static void WriteJson(string path, NativeTorch torch)
    {
        using FileStream stream = File.Create(path);
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("command", "doctor");
        json.WriteBoolean("canTrain", torch.IsLoaded);
        json.WriteString("mlseq", RunFile.Version);
        json.WriteString("dotnet", Environment.Version.ToString());
        json.WriteString("system", RuntimeInformation.RuntimeIdentifier);
        json.WriteString("mlnet", Programs.Version(typeof(MLContext)));
        json.WriteString("torchSharp", Programs.Version(typeof(torch)));
        json.WriteString("libtorch", torch.File);
        json.WriteString("libtorchPackage", torch.Package);
        json.WriteString("reason", torch.Reason);
        json.WriteNumber("cudaDevices", torch.Devices);
        json.WriteStartArray("warnings");
        foreach (string warning in torch.Warnings)
            json.WriteStringValue(warning);
        json.WriteEndArray();
        json.WriteStartArray("reference");
        json.WriteStringValue($"MLNet.Sequence {RunFile.Version}");
        json.WriteStringValue($"{TorchPackage(torch)} {Programs.Version(typeof(torch))}");
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
