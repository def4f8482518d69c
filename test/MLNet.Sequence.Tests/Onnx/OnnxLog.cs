using System.Collections.Concurrent;
using Microsoft.ML.OnnxRuntime;

namespace MLNet.Sequence.Tests.Onnx;

/// <summary>What ONNX Runtime warns of. It has one log per process, made before its first use.</summary>
internal static class OnnxLog
{
    private static readonly ConcurrentQueue<string> Warnings = new();

    // Kept for as long as native code may call it.
    private static readonly DOrtLoggingFunction Log = (_, severity, _, _, location, message) =>
    {
        if (severity >= OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING)
            Warnings.Enqueue($"{location}: {message}");
    };

    /// <summary>Fails where ONNX Runtime has something to say.</summary>
    public static T Quietly<T>(Func<T> open)
    {
        lock (Log)
        {
            Listen();
            Warnings.Clear();
            T opened = open();
            Assert.IsEmpty(Warnings, string.Join(Environment.NewLine, Warnings));
            return opened;
        }
    }

    /// <summary>Does what ONNX Runtime has something to say to, while nothing else is to be quiet.</summary>
    public static void Aside(Action run)
    {
        lock (Log)
        {
            Listen();
            run();
        }
    }

    /// <summary>Has ONNX Runtime write to this log, unless it was used before.</summary>
    public static void Listen()
    {
        if (OrtEnv.IsCreated)
            return;
        var options = new EnvironmentCreationOptions
        {
            logId = "tests",
            logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING,
            loggingFunction = Log,
            loggingParam = IntPtr.Zero
        };
        OrtEnv.CreateInstanceWithOptions(ref options);
    }
}
