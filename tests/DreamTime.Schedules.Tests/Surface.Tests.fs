/// What C# sees of the assembly.
module DreamTime.Schedules.Tests.Surface

open System
open System.Reflection
open Expecto
open Microsoft.FSharp.Reflection
open Microsoft.FSharp.Core
open DreamTime.Schedules

let private isModule (declaring: Type) =
    declaring.GetCustomAttributes<CompilationMappingAttribute>()
    |> Seq.exists (fun mapping -> mapping.SourceConstructFlags = SourceConstructFlags.Module)

let private isMeasure (declaring: Type) =
    declaring.GetCustomAttributes<MeasureAttribute>() |> Seq.isEmpty |> not

let rec private partsOf (used: Type) : Type list = [
    used
    if used.HasElementType then
        match used.GetElementType() with
        | null -> ()
        | element -> yield! partsOf element
    for argument in used.GetGenericArguments() do
        yield! partsOf argument
]

let private isForFSharp (used: Type) =
    partsOf used
    |> List.exists (fun part ->
        (string part.Namespace).StartsWith "Microsoft.FSharp"
        || FSharpType.IsTuple part && not part.IsValueType)

let private isSpoken (memberInfo: MemberInfo) =
    match memberInfo with
    | :? MethodInfo as m -> not m.IsSpecialName
    | :? FieldInfo as f -> not f.IsSpecialName // the number behind an enumeration
    | _ -> true

let private typesIn (memberInfo: MemberInfo) : Type list =
    match memberInfo with
    | :? MethodInfo as m -> m.ReturnType :: [ for p in m.GetParameters() -> p.ParameterType ]
    | :? ConstructorInfo as c -> [ for p in c.GetParameters() -> p.ParameterType ]
    | :? PropertyInfo as p -> [ p.PropertyType ]
    | :? FieldInfo as f -> [ f.FieldType ]
    | _ -> []

let private publicTypes =
    typeof<Schedule>.Assembly.GetExportedTypes()
    |> Array.filter (fun declaring -> not (isModule declaring || isMeasure declaring))

let private members = [
    for declaring in publicTypes do
        for memberInfo in declaring.GetMembers() do
            if memberInfo.DeclaringType = declaring then
                memberInfo
]

let private name (memberInfo: MemberInfo) =
    match memberInfo.DeclaringType with
    | null -> memberInfo.Name
    | declaring -> $"{declaring.Name}.{memberInfo.Name}"

let rec private nameOf (used: Type) : string =
    match Nullable.GetUnderlyingType used with
    | null when used.IsByRef ->
        "ref " + nameOf (used.GetElementType() |> Option.ofObj |> Option.defaultValue typeof<obj>)
    | null when used.IsArray -> nameOf (used.GetElementType() |> Option.ofObj |> Option.defaultValue typeof<obj>) + "[]"
    | null when used.IsGenericType ->
        let arguments = used.GetGenericArguments() |> Array.map nameOf |> String.concat ", "
        $"{used.Name.Split('`')[0]}<{arguments}>"
    | null -> used.Name
    | inner -> nameOf inner + "?"

let private signature (memberInfo: MemberInfo) =
    let parameters (given: ParameterInfo[]) =
        given |> Array.map (fun p -> $"{nameOf p.ParameterType} {p.Name}") |> String.concat ", "

    match memberInfo with
    | :? MethodInfo as m ->
        let kind = if m.IsStatic then "static " else ""
        $"{kind}{m.Name}({parameters (m.GetParameters())}): {nameOf m.ReturnType}"
    | :? ConstructorInfo as c -> $"new({parameters (c.GetParameters())})"
    | :? PropertyInfo as p ->
        let indices = p.GetIndexParameters()
        let index = if indices.Length > 0 then $"[{parameters indices}]" else ""
        let isStatic = p.GetAccessors() |> Array.exists _.IsStatic
        let kind = if isStatic then "static " else ""
        $"{kind}{p.Name}{index}: {nameOf p.PropertyType}"
    | :? FieldInfo as f when f.IsLiteral -> $"{f.Name} = {f.GetRawConstantValue()}"
    | :? FieldInfo as f -> $"{f.Name}: {nameOf f.FieldType}"
    | other -> other.Name

/// What every record has, and what its property says of an accessor, is left out.
let private isOfTheSurface (memberInfo: MemberInfo) =
    match memberInfo with
    | :? MethodInfo as m ->
        not (m.IsSpecialName && (m.Name.StartsWith "get_" || m.Name.StartsWith "set_"))
        && not (List.contains m.Name [ "Equals"; "GetHashCode"; "CompareTo"; "ToString" ])
    | :? FieldInfo as f -> not f.IsSpecialName
    | :? TypeInfo -> false
    | _ -> true

let private surface () =
    let flags =
        BindingFlags.Public ||| BindingFlags.Instance ||| BindingFlags.Static ||| BindingFlags.DeclaredOnly

    let describe (declaring: Type) =
        let kind =
            if isModule declaring then "module"
            elif declaring.IsEnum then "enum"
            elif declaring.IsValueType then "struct"
            elif declaring.IsAbstract && declaring.IsSealed then "static class"
            else "class"

        let name = (string declaring.FullName).Replace('+', '.')

        [
            $"{kind} {name}"
            for line in
                declaring.GetMembers flags
                |> Seq.filter isOfTheSurface
                |> Seq.map signature
                |> Seq.sortWith (fun a b -> String.CompareOrdinal(a, b)) do
                $"    {line}"
        ]

    typeof<Schedule>.Assembly.GetExportedTypes()
    |> Seq.sortWith (fun a b -> String.CompareOrdinal(a.FullName, b.FullName))
    |> Seq.collect describe
    |> fun lines -> String.Join("\n", lines) + "\n"

let tests =
    testList "surface" [
        test "the public surface is the committed one" {
            surface () |> Accepted.compare "Schedules/DreamTime.Schedules/PublicApi.txt" "Schedules.surface"
        }

        test "no F# type in what C# sees" {
            let leaks =
                members |> List.filter (typesIn >> List.exists isForFSharp) |> List.map name

            Expect.isEmpty leaks ""
            Expect.isGreaterThan members.Length 80 "the assembly was looked at"
        }

        test "every F# word has its C# name" {
            let inCSharp =
                [ typeof<Weights>; typeof<ScheduleExpression> ]
                |> Seq.collect _.GetMembers()
                |> Seq.map (fun m -> m.Name.ToLowerInvariant())
                |> Set.ofSeq

            let called word =
                match word with
                | "minimum" -> "min"
                | "maximum" -> "max"
                | "perSample" -> "eachsample"
                | "perBatch" -> "eachbatch"
                | other -> other.ToLowerInvariant()

            let words =
                typeof<Schedule>.Assembly.GetType("DreamTime.Schedules.Dsl")
                |> Option.ofObj
                |> Option.map _.GetMembers(BindingFlags.Public ||| BindingFlags.Static ||| BindingFlags.DeclaredOnly)
                |> Option.defaultValue [||]
                |> Seq.map _.Name
                |> Seq.filter (fun name -> not (name.StartsWith "get_"))
                |> List.ofSeq

            Expect.isGreaterThan words.Length 30 "the words were looked at"
            Expect.isEmpty (words |> List.filter (fun word -> not (inCSharp.Contains(called word)))) "without a C# name"
        }

        test "C# names begin with a capital" {
            let odd =
                members
                |> List.filter (fun m -> isSpoken m && not (m :? ConstructorInfo) && Char.IsLower m.Name[0])
                |> List.map name

            Expect.isEmpty odd ""
        }

        test "the check itself finds F# types" {
            Expect.isTrue (isForFSharp typeof<int option>) "option"
            Expect.isTrue (isForFSharp typeof<seq<int list>>) "list inside"
            Expect.isTrue (isForFSharp typeof<int * int>) "tuple"
            Expect.isTrue (isForFSharp typeof<int -> int>) "function"
            Expect.isFalse (isForFSharp typeof<seq<struct (int * int)>>) "value tuple"
        }
    ]
