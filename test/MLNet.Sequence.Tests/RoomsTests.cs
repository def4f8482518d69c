using System.CodeDom.Compiler;
using System.Reflection;

namespace MLNet.Sequence.Tests;

/// <summary>Compares the table of rooms and arrows (ARCHITECTURE.md) with the sources' folders and the compiled assemblies.</summary>
[TestClass]
public sealed class RoomsTests
{
    // The files outside the rooms. In the library they are the entry point, which may use every room; in the runtime every room may use
    // them.
    private const string Door = "";
    private const string Ground = "";

    // A room with one file per layer or architecture may hold more.
    private const int MostFiles = 20;

    private const string MicrosoftMl = "Microsoft.ML";
    private const string TorchSharp = "TorchSharp";
    private const string Protobuf = "Google.Protobuf";

    private static readonly Assembly Runtime = typeof(ForecastingMetrics).Assembly;
    private static readonly Assembly Library = typeof(SequenceTransformer).Assembly;

    private static readonly Dictionary<Assembly, SourceRooms> Rooms = new()
    {
        [Runtime] = new SourceRooms("MLNet.Sequence.Runtime"),
        [Library] = new SourceRooms("MLNet.Sequence"),
    };

    private static readonly string[] OneFileEach = ["Layers", "Architectures", "Managed", "Torch/Layers", "Onnx/Layers"];

    // A room may use what its arrows reach, directly or through another room, and the files outside the rooms. A room inside a room has the
    // arrows of the outer room.
    private static readonly Dictionary<string, string[]> RuntimeArrows = new()
    {
        [Ground] = [],
        ["Calendars"] = [Ground],
        ["Reports"] = [Ground],
        ["Data"] = [Ground],
        ["Layers"] = [Ground],
        ["Tokenizers"] = [Ground],
        ["Architectures"] = ["Layers"],
        ["Networks"] = ["Layers"],
        ["Metrics"] = ["Tasks", "Reports", "LocalModels"],
        ["LocalModels"] = ["Layers"],
        ["Tasks"] = ["Networks", "Data", "Calendars", "Tokenizers"],
        ["Managed"] = ["Networks"],
        ["Model"] = ["Architectures", "Tasks", "Data", "Managed", "Reports"],
        ["Certificates"] = ["Model"],
        ["Memory"] = ["Certificates", "Metrics"],
        ["Sessions"] = ["Certificates"],
        ["Generation"] = ["Model"],
        ["Distilled"] = ["Generation"],
    };

    private static readonly Dictionary<string, string[]> LibraryArrows = new()
    {
        ["Sound"] = [],
        ["Torch"] = [TorchSharp],
        ["Training"] = ["Torch", TorchSharp],
        ["Onnx"] = [Protobuf],
        ["Hosting"] = ["Onnx", MicrosoftMl, Protobuf],
        ["Columns"] = ["Hosting", MicrosoftMl],
        ["Fitting"] = ["Training", "Columns", MicrosoftMl],
        ["Scoring"] = ["Torch", "Columns", MicrosoftMl],
        ["SlidingWindows"] = ["Columns", MicrosoftMl],
        ["Rows"] = ["Fitting", "Scoring", MicrosoftMl],
        ["Forecasts"] = ["Fitting", "Scoring", MicrosoftMl],
        ["Backtests"] = ["Forecasts", MicrosoftMl],
        ["Tuning"] = ["Backtests", MicrosoftMl],
        ["Anomalies"] = ["Backtests", MicrosoftMl],
        ["NextSteps"] = ["Rows", MicrosoftMl],
        ["Pairs"] = ["Rows", MicrosoftMl],
        ["Distillation"] = ["Rows", TorchSharp, MicrosoftMl],
        ["Memory"] = ["Torch", "Columns", MicrosoftMl],
        ["ByTask"] = ["Rows", "Forecasts", "Anomalies", "NextSteps", "Pairs", "Memory", "SlidingWindows", MicrosoftMl],
        ["Comparison"] = ["ByTask", MicrosoftMl],
        [Door] = ["Comparison", "Backtests", "Tuning", "Distillation", "Onnx", MicrosoftMl],
    };

    // ML.NET calls a loader that must be in Hosting; the types that it loads are in rooms above.
    private const string Loader = "ModelLoader";

    [TestMethod]
    public void No_room_is_a_warehouse()
    {
        IEnumerable<string> large = from rooms in Rooms.Values
                                    from room in rooms.Sizes
                                    where room.Files > MostFiles && !OneFileEach.Contains(room.Room)
                                    select $"{room.Room} has {room.Files} files.";
        Assert.AreEqual("", string.Join(Environment.NewLine, large));
    }

    [TestMethod]
    public void What_the_compiler_leaves_no_trace_of_goes_by_the_arrows_too()
    {
        IEnumerable<string> Offences(Assembly assembly, Dictionary<string, string[]> arrows) =>
            from one in Rooms[assembly].Vanished()
            let user = Top(one.User)
            let used = Top(one.Used)
            where user != used && one.File != $"Hosting/{Loader}.cs" && !Reached(arrows)[user].Contains(used)
            select $"{one.File} names {one.Type} of {one.Used}";
        Assert.AreEqual("", string.Join(Environment.NewLine, Offences(Runtime, RuntimeArrows).Concat(Offences(Library, LibraryArrows)).Distinct()));
    }

    [TestMethod]
    public void The_rooms_of_the_runtime_use_only_what_their_arrows_reach() =>
        Assert.AreEqual("", Offences(Runtime, Reached(RuntimeArrows)));

    [TestMethod]
    public void The_rooms_of_the_library_use_only_what_their_arrows_reach() =>
        Assert.AreEqual("", Offences(Library, WithoutBorrowedPackages(Reached(LibraryArrows))));

    [TestMethod]
    public void The_runtime_references_nothing_but_the_framework_and_its_tensors()
    {
        string[] foreign = [.. Runtime.GetReferencedAssemblies()
            .Select(name => name.Name!)
            .Where(name => !name.StartsWith("System.", StringComparison.Ordinal))];

        Assert.IsEmpty(foreign, string.Join(", ", foreign));
    }

    [TestMethod]
    public void The_runtime_reflects_on_the_names_of_saved_records_alone()
    {
        // Code generated by System.Text.Json only passes on attributes that a reader may ask for.
        IEnumerable<string> users = AssemblyReferences.Calls(Runtime).Where(one => one.Called.Any(Reflects))
            .Select(one => AssemblyReferences.Outermost(one.Method.DeclaringType!))
            .Where(type => type.GetCustomAttribute<GeneratedCodeAttribute>() is null)
            .Select(type => type.Name).Distinct().Order(StringComparer.Ordinal);
        Assert.AreEqual("SavedNames`1", string.Join(", ", users));
    }

    private static bool Reflects(MethodBase called) => called.DeclaringType == typeof(Activator) || called.DeclaringType == typeof(CustomAttributeExtensions)
        || called.DeclaringType == typeof(Type) && (called.Name.StartsWith("Make", StringComparison.Ordinal)
            || called.Name.StartsWith("Get", StringComparison.Ordinal) && called.Name is not (nameof(Type.GetTypeFromHandle) or nameof(Type.GetTypeCode)))
        || called.Name == nameof(MethodBase.Invoke) && typeof(MethodBase).IsAssignableFrom(called.DeclaringType);

    private static string Offences(Assembly assembly, Dictionary<string, HashSet<string>> reached)
    {
        IEnumerable<string> offences =
            from reference in AssemblyReferences.Of(assembly)
            let user = Room(reference.User)
            where user is not null
            let usedType = reference.Used as Type ?? reference.Used.DeclaringType!
            let used = UsedRoom(usedType, assembly)
            where used is not null && used != user && reference.User.Name != Loader
            where !reached.TryGetValue(user, out HashSet<string>? allowed) || !allowed.Contains(used)
            select $"{user}: {reference.User} uses {usedType} of {used}";
        return string.Join(Environment.NewLine, offences.Distinct());
    }

    // Null for types that the compiler puts outside the rooms. Types generated from onnx.proto have the namespace of their room.
    private static string? Room(Type type)
    {
        Type outermost = AssemblyReferences.Outermost(type);
        return Rooms[type.Assembly].Of(outermost) is { } room ? Top(room)
            : outermost.Namespace is { } name && name.StartsWith("MLNet.Sequence.", StringComparison.Ordinal) ? name.Split('.')[2]
            : null;
    }

    private static string Top(string room) => room.Split('/')[0];

    // A room of the same assembly, or a package that not every room may use; otherwise null.
    private static string? UsedRoom(Type type, Assembly assembly)
    {
        if (type.Assembly == assembly)
            return Room(type);
        string name = type.Assembly.GetName().Name!;
        return Array.Find([MicrosoftMl, TorchSharp, Protobuf], package => name == package || name.StartsWith(package + ".", StringComparison.Ordinal));
    }

    private static Dictionary<string, HashSet<string>> Reached(Dictionary<string, string[]> arrows)
    {
        HashSet<string> From(string room) =>
            [.. arrows.GetValueOrDefault(room, []).SelectMany(next => From(next).Append(next))];
        return arrows.Keys.ToDictionary(room => room, From);
    }

    // Packages are not passed on: a room that may use Torch may not use TorchSharp for that reason.
    private static Dictionary<string, HashSet<string>> WithoutBorrowedPackages(Dictionary<string, HashSet<string>> reached)
    {
        foreach ((string room, HashSet<string> rooms) in reached)
            rooms.RemoveWhere(used => used is MicrosoftMl or TorchSharp or Protobuf && !LibraryArrows[room].Contains(used));
        return reached;
    }
}
