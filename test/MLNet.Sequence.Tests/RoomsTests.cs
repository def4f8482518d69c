using System.CodeDom.Compiler;
using System.Reflection;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Tasks.Metrics;

namespace MLNet.Sequence.Tests;

/// <summary>Holds the table of rooms and arrows (ARCHITECTURE.md) against the compiled assemblies.</summary>
[TestClass]
public sealed class RoomsTests
{
    private const string Root = "MLNet.Sequence";

    // What has the root namespace: in the library the door, which may use every room; in the runtime what every room may use.
    private const string Door = "";
    private const string Ground = "";

    private const string MicrosoftMl = "Microsoft.ML";
    private const string TorchSharp = "TorchSharp";
    private const string Protobuf = "Google.Protobuf";

    private static readonly Assembly Runtime = typeof(ForecastingMetrics).Assembly;
    private static readonly Assembly Library = typeof(SequenceTransformer).Assembly;

    // A room may use what its arrows reach, also by way of another room, and what stands beside the rooms.
    private static readonly Dictionary<string, string[]> RuntimeArrows = new()
    {
        [Ground] = [],
        ["Data"] = [Ground],
        ["Layers"] = [Ground],
        ["Architectures"] = ["Layers"],
        ["Networks"] = ["Layers"],
        ["Tasks"] = ["Networks", "Data"],
        ["Managed"] = ["Networks"],
        ["Model"] = ["Architectures", "Tasks", "Data", "Managed"],
        ["Stability"] = ["Managed", "Model", "Data"],
        ["Sessions"] = ["Model", "Managed", "Stability"],
        ["Generation"] = ["Model", "Managed"],
        ["Sound"] = [],
    };

    private static readonly Dictionary<string, string[]> LibraryArrows = new()
    {
        ["Torch"] = [TorchSharp],
        ["Training"] = ["Torch", TorchSharp],
        ["Onnx"] = [Protobuf],
        ["Hosting"] = [MicrosoftMl],
        ["Estimators"] = ["Training", "Torch", "Hosting", MicrosoftMl],
        [Door] = ["Estimators", "Training", "Torch", "Onnx", "Hosting", MicrosoftMl],
    };

    // ML.NET calls a loader that must stand in Hosting; what it loads stands in Estimators.
    private static readonly (string User, string Used) LoaderArrow = ("MLNet.Sequence.Hosting.ModelLoader", "MLNet.Sequence.Estimators.TransformerFactory");

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
        // What System.Text.Json generates only hands on what a reader may ask for.
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
            where used is not null && used != user && !IsLoaderArrow(reference.User, usedType)
            where !reached.TryGetValue(user, out HashSet<string>? allowed) || !allowed.Contains(used)
            select $"{reference.User} uses {usedType}";
        return string.Join(Environment.NewLine, offences.Distinct());
    }

    private static bool IsLoaderArrow(Type user, Type used) => (user.FullName, used.FullName) == LoaderArrow;

    // Null for what the compiler puts beside the rooms.
    private static string? Room(Type type)
    {
        string name = type.Namespace ?? "";
        if (name == Root)
            return Door;
        return name.StartsWith(Root + ".", StringComparison.Ordinal) ? name.Split('.')[2] : null;
    }

    // A room of the same assembly, or a package that not every room may use; null for all else.
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

    // Packages are not handed on: who may use Torch does not thereby use TorchSharp.
    private static Dictionary<string, HashSet<string>> WithoutBorrowedPackages(Dictionary<string, HashSet<string>> reached)
    {
        foreach ((string room, HashSet<string> rooms) in reached)
            rooms.RemoveWhere(used => used is MicrosoftMl or TorchSharp or Protobuf && !LibraryArrows[room].Contains(used));
        return reached;
    }
}
