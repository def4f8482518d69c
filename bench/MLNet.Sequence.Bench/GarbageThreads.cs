using System.Text.Json;

namespace MLNet.Sequence.Bench;

/// <summary>The work of other threads during training, as in servers and desktop programs, until they are stopped.</summary>
internal static class GarbageThreads
{
    /// <summary>Serialises and parses JSON.</summary>
    public static void Json(Func<bool> stopped)
    {
        while (!stopped())
            JsonDocument.Parse(JsonSerializer.Serialize(Enumerable.Range(0, 2000).Select(i => new { Id = i, Name = "customer " + i }))).Dispose();
    }

    /// <summary>Makes arrays of many sizes. Some live for a while and are collected in older generations.</summary>
    public static void Arrays(Func<bool> stopped)
    {
        var random = new Random(1);
        var kept = new object[2000];
        while (!stopped())
        {
            for (int i = 0; i < 1000; i++)
                kept[random.Next(kept.Length)] = random.Next(50) == 0 ? new double[20_000] : new string('a', random.Next(1, 400));
            Thread.Sleep(1);
        }
    }

    /// <summary>Collects the youngest generation and all generations in turn, and waits for finalisers.</summary>
    public static void Collect(Func<bool> stopped)
    {
        for (int i = 0; !stopped(); i++)
        {
            GC.Collect(i % 4 == 0 ? GC.MaxGeneration : 0, GCCollectionMode.Forced, blocking: i % 8 != 0);
            GC.WaitForPendingFinalizers();
            Thread.Sleep(i % 3);
        }
    }
}
